/** Metrics and their uncertainty. @module */
export * from "./bounds_of.ts";
export * from "./calibration_error.ts";
export * from "./fit_temperature.ts";
export * from "./metrics.ts";
export * from "./temper.ts";
export * from "./published.ts";
export * from "./published_for.ts";
export * from "./draw_plot.ts";
export * from "./report.ts";
export * from "./report_data.ts";
export * from "./selection_data.ts";
export * from "./study_report_data.ts";
export * from "./render_study.ts";
export * from "./fewest_subjects.ts";
export * from "./too_few.ts";
