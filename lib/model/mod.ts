/** The network and its losses: pure functions of parameters and clips. @module */
export { type BackboneOutput, conv4, CONV4_BLOCKS, NORM_EPSILON } from "./conv4.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross_entropy.ts";
export { forward } from "./forward.ts";
export { initParams } from "./init_params.ts";
export { medianDistance, mmd2, type Mmd2Options } from "./mmd.ts";
export { DECODER_SCALES, parameterShapes, TEMPORAL_KERNEL } from "./parameter_shapes.ts";
export type { Architecture, Forward, ForwardOptions, Params } from "./types.ts";
