/** A training run from configuration to a published model. @module */
export type { AbsentScore, EvaluateOptions, Evaluation, PairedMetric, SubjectScore } from "./_evaluate.ts";
export { DivergedError, type HistoryRow } from "./_meta_train.ts";
export { evaluateModel, type EvaluateModelOptions } from "./evaluate_model.ts";
export { type TrainedModel, trainModel } from "./train_model.ts";
export * from "./types.ts";
