/** The predict function: class probabilities of clips, with a person's own weights when there are any. @module */
export * from "./create_predict_app.ts";
export * from "./create_predictor_cache.ts";
export * from "./infer_schema.ts";
export * from "./is_subject_slot.ts";
export * from "./model_slot.ts";
export * from "./routes.ts";
export * from "./schema.ts";
export * from "./subject_slot.ts";
