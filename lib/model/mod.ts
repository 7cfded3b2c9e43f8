/** The network and its losses: pure functions of parameters and clips. @module */
export { type BackboneOutput, conv4, CONV4_BLOCKS, NORM_EPSILON } from "./conv4.ts";
export { classMemory } from "./class_memory.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross_entropy.ts";
export { DECODER_SCALES, featureCount } from "./feature_count.ts";
export { forward } from "./forward.ts";
export { initParams } from "./init_params.ts";
export { ATTENTION_SCALE, metricLogits } from "./metric_logits.ts";
export { metricLoss, type MetricLossOptions } from "./metric_loss.ts";
export { medianDistance, mmd2, type Mmd2Options } from "./mmd.ts";
export { parameterShapes, TEMPORAL_KERNEL } from "./parameter_shapes.ts";
export type { Architecture, Forward, ForwardOptions, Memory, Params } from "./types.ts";
