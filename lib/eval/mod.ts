/** Metrics and their uncertainty. @module */
export * from "./metrics.ts";
export * from "./report.ts";
export * from "./report_data.ts";
