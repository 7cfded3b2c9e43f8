import type { WorkerFailure } from "./worker_failure.ts";

/**
 * The error that a worker failed with. Its stack is the worker's: frames of this thread would only show that a message
 * has come.
 *
 * @param failure What the worker told.
 * @returns An Error with that message and stack.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { workerError } from "./mod.ts";
 * assertEquals(workerError({ message: "too many", stack: "RangeError: too many" }).message, "too many");
 * ```
 */
export function workerError({ message, stack }: WorkerFailure): Error {
  const error = new Error(message);
  error.stack = stack;
  return error;
}
