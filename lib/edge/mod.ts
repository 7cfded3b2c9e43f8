/** What a bundle for the edge needs besides the functions: the binaries it carries, and its other life as a worker. @module */
export * from "./answer_engine_asks.ts";
export * from "./engine_ask.ts";
export * from "./is_worker.ts";
export * from "./packed_files.ts";
export * from "./provide_packed.ts";
