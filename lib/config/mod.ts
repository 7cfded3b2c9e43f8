/** The one schema of a training run's configuration. @module */
export * from "./config.ts";
