/** The train function: queues runs, lists and promotes models. @module */
export * from "./create_run_queue.ts";
export * from "./create_train_app.ts";
export * from "./resolve_config.ts";
export * from "./routes.ts";
export * from "./schema.ts";
