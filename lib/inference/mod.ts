/** Weights made ready: prediction and one-step calibration of a person. @module */
export * from "./types.ts";
