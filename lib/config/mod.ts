/** The one schema of a training run's configuration, its presets, and how a configuration is put together. @module */
export * from "./algorithms.ts";
export * from "./config.ts";
export * from "./inner_rate_of.ts";
export * from "./inner_steps_of.ts";
export * from "./make_config.ts";
export * from "./presets.ts";
