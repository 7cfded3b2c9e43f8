/** Weights made ready: prediction and one-step calibration of a person. @module */
export { architectureOf, recipeOf } from "./architecture_of.ts";
export { calibrationWork } from "./calibration_work.ts";
export { checkWeights } from "./check_weights.ts";
export { createInferenceEngine } from "./create_inference_engine.ts";
export { memoryValues, nameMemory, type StoredMemory } from "./memory.ts";
export { nameStatistics, type Statistics, statisticsValues } from "./statistics.ts";
export { toStored, toTensors } from "./tensors.ts";
export * from "./types.ts";
