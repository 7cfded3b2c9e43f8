/** Object stores, safetensors, models, subjects, checkpoints: typed arrays and trees, no tensors. @module */
export * from "./types.ts";
