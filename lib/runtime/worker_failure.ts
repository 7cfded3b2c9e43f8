/** What a worker tells of an error: plain text, because not every error can be posted. */
export interface WorkerFailure {
  readonly message: string;
  /** Where it was thrown: frames of the worker. */
  readonly stack: string;
}

/**
 * Takes down what was thrown in a worker; {@linkcode workerError} makes an error of it again in another thread.
 *
 * @param thrown Anything.
 * @returns Its message and stack.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { workerFailure } from "./mod.ts";
 * assertEquals(workerFailure(new RangeError("too many")).message, "too many");
 * ```
 */
export function workerFailure(thrown: unknown): WorkerFailure {
  if (!(thrown instanceof Error)) return { message: String(thrown), stack: String(thrown) };
  const { message, stack = message } = thrown;
  return { message, stack };
}
