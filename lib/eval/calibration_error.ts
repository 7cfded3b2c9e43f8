/**
 * The expected calibration error: how far the probability of the predicted class is from the share of predictions that
 * are right, ECE = Σ_b |B_b| / n · |accuracy(B_b) − confidence(B_b)| over bins of equal width.
 *
 * @param probabilities `[B]` rows `[N]`, each of sum 1.
 * @param labels `[B]` true classes.
 * @param bins How many; default 15.
 * @returns 0 (probabilities are frequencies) to 1.
 * @throws {RangeError} When there is no row, or not one label a row.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { calibrationError } from "./mod.ts";
 * // 100 % sure, and right in one of two.
 * assertEquals(calibrationError([[1, 0], [1, 0]], [0, 1]), 0.5);
 * ```
 *
 * Source: Guo et al., ICML 2017, section 2.
 */
export function calibrationError(
  probabilities: readonly ArrayLike<number>[],
  labels: readonly number[],
  bins = 15,
): number {
  const n = probabilities.length;
  if (n === 0 || n !== labels.length) {
    throw new RangeError(`Cannot measure calibration: expected one label a row, got ${labels.length} of ${n} rows`);
  }
  /** Of each bin: right predictions less confidence, summed up. */
  const gaps = new Array<number>(bins).fill(0);
  probabilities.forEach((row, i) => {
    const values = Array.from(row);
    const confidence = Math.max(...values);
    const right = values.indexOf(confidence) === labels[i] ? 1 : 0;
    gaps[Math.min(bins - 1, Math.floor(confidence * bins))]! += right - confidence;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / n;
}
