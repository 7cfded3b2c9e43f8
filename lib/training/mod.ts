/** A training run from configuration to a published model. @module */
export type { Evaluation, PairedMetric, SubjectScore } from "./_evaluate.ts";
export { DivergedError, type HistoryRow } from "./_meta_train.ts";
export { type TrainedModel, trainModel } from "./train_model.ts";
export * from "./types.ts";
