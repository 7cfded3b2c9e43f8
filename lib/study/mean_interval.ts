import type { MeanInterval } from "../eval/mod.ts";

/** 97.5 % quantiles of Student's t by degrees of freedom, 1 to 30; beyond, the normal distribution's. */
const T = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086],
  ...[2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/**
 * Mean and half width of its 95 % interval: t_{0.975, n−1} s / √n.
 *
 * @param values One a run; two or more.
 * @returns Mean and half width.
 * @throws {RangeError} When there are fewer than two values.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { meanInterval } from "./mod.ts";
 * const { mean, half } = meanInterval([0.8, 0.9]);
 * assertAlmostEquals(mean, 0.85);
 * assertAlmostEquals(half, 12.706 * 0.05, 1e-6);
 * ```
 */
export function meanInterval(values: readonly number[]): MeanInterval {
  const n = values.length;
  if (n < 2) throw new RangeError(`Cannot take an interval over runs: expected two or more, got ${n}`);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, half: (T[n - 2] ?? 1.96) * Math.sqrt(variance / n) };
}
