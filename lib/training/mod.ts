/** A training run from configuration to a published model. @module */
export type { AbsentScore, EvaluateOptions, Evaluation, PairedMetric, SubjectScore } from "./_evaluate.ts";
export { loadData, type LoadDataOptions } from "./_load_data.ts";
export { DivergedError, type HistoryRow } from "./_meta_train.ts";
export * from "./auxiliary_note.ts";
export * from "./check_tasks.ts";
export * from "./class_names.ts";
export * from "./clip_set_digest.ts";
export * from "./course_of.ts";
export { evaluateModel, type EvaluateModelOptions } from "./evaluate_model.ts";
export * from "./filled_note.ts";
export * from "./most_shots.ts";
export { settleConfig } from "./_settle_config.ts";
export * from "./synthetic_folder.ts";
export * from "./train_in_worker.ts";
export { type TrainedModel, trainModel } from "./train_model.ts";
export * from "./train_split.ts";
export * from "./types.ts";
export * from "./validation_split.ts";
