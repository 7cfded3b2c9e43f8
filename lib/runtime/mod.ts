/** Which backend runs and why, tensor and memory accounting, workers. @module */
export * from "./types.ts";
export * from "./backend_unavailable_error.ts";
export * from "./choose_backend.ts";
export * from "./available_backends.ts";
export * from "./count_tensors.ts";
export * from "./memory_report.ts";
export * from "./check_memory.ts";
export * from "./memory_limit_error.ts";
export * from "./answer_asks.ts";
export * from "./worker_hand.ts";
export * from "./worker_failure.ts";
export * from "./worker_error.ts";
export * from "./provide_wasm_binary.ts";
export * from "./count_gpu_work.ts";
export * from "./gpu_limits.ts";
export * from "./read_tensors.ts";
export * from "./compute.ts";
