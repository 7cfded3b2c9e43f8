/** Tensor kernels without gradients, on the fast path of each backend. @module */
export { affineKernel } from "./affine.ts";
export { biasKernel } from "./bias.ts";
export { broadcastKernel } from "./broadcast.ts";
export { channelDotsKernel } from "./channel_dots.ts";
export { channelMomentsKernel } from "./channel_moments.ts";
export { conv2dKernel } from "./conv2d.ts";
export { convFilterKernel } from "./conv_filter.ts";
export { elementwiseKernel } from "./elementwise.ts";
export { flipTransposeKernel } from "./flip_transpose.ts";
export { gateKernel } from "./gate.ts";
export { leadingSumKernel } from "./leading_sum.ts";
export { poolKernel, type PoolRoute, repoolKernel, unpoolKernel } from "./pool.ts";
export { scaleKernel } from "./scale.ts";
export { nativeKernels } from "./_native.ts";
