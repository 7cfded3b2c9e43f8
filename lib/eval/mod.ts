/** Metrics and their uncertainty. @module */
export * from "./metrics.ts";
