/**
 * A calibration would not fit into the backend's memory. The adapt function answers it with 413.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { TooLargeError } from "./mod.ts";
 * assertEquals(new TooLargeError("Cannot calibrate") instanceof RangeError, true);
 * ```
 */
export class TooLargeError extends RangeError {
  override readonly name = "TooLargeError";
}
