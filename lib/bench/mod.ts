/** Times of the work that a PyTorch user would compare: workloads by name. @module */
export * from "./types.ts";
export * from "./workloads.ts";
export { benchModel } from "./_bench_predictor.ts";
export { measure, type MeasureOptions } from "./measure.ts";
