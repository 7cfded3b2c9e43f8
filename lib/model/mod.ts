/** The network and its losses: pure functions of parameters and clips. @module */
export { BACKBONES } from "./backbones.ts";
export { classMemory } from "./class_memory.ts";
export { conv4, CONV4_BLOCKS } from "./conv4.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross_entropy.ts";
export { densenet } from "./densenet.ts";
export { DECODER_SCALES, featureCount } from "./feature_count.ts";
export { forward } from "./forward.ts";
export { initParams } from "./init_params.ts";
export { ATTENTION_SCALE, metricLogits } from "./metric_logits.ts";
export { metricLoss, type MetricLossOptions } from "./metric_loss.ts";
export { medianDistance, mmd2, type Mmd2Options } from "./mmd.ts";
export { NORM_EPSILON } from "./norm_epsilon.ts";
export { createNormFolds } from "./create_norm_folds.ts";
export { normLayers, type NormLayersOptions } from "./norm_layers.ts";
export { parameterShapes, TEMPORAL_KERNEL } from "./parameter_shapes.ts";
export { resnet } from "./resnet.ts";
export type {
  Architecture,
  Backbone,
  BackboneName,
  BackboneOutput,
  BackbonePlan,
  Forward,
  ForwardOptions,
  Memory,
  NormFold,
  NormFolds,
  NormOptions,
  Params,
} from "./types.ts";
export { vgg19 } from "./vgg19.ts";
