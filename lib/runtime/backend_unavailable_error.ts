import { UsageError } from "../process/mod.ts";

/**
 * A backend that was asked for by name cannot run on this machine. Commands answer it with exit code 2.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BackendUnavailableError } from "./mod.ts";
 * assertEquals(new BackendUnavailableError("webgpu", "no adapter").backend, "webgpu");
 * ```
 */
export class BackendUnavailableError extends UsageError {
  /** The backend that was asked for. */
  readonly backend: string;

  /**
   * @param backend The backend that was asked for.
   * @param reason Why it cannot run, without a full stop.
   */
  constructor(backend: string, reason: string, options?: ErrorOptions) {
    super(`Cannot use the ${backend} backend: ${reason}`, options);
    this.name = "BackendUnavailableError";
    this.backend = backend;
  }
}
