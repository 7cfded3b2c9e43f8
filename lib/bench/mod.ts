/** Times of the work that a PyTorch user would compare: workloads by name. @module */
export * from "./types.ts";
export * from "./workloads.ts";
export * from "./bench_model.ts";
export * from "./count_step.ts";
export * from "./measure.ts";
