/** A training run from configuration to a published model. @module */
export * from "./types.ts";
