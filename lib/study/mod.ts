/** Protocols that train inside themselves: plan, units run in parallel and kept, tables. @module */
export * from "./estimate_study.ts";
export * from "./mean_interval.ts";
export * from "./plan_study.ts";
export * from "./run_study.ts";
export * from "./settle_study.ts";
export * from "./subject_folds.ts";
export * from "./summarise_study.ts";
export * from "./types.ts";
