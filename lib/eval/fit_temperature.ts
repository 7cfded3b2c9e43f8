/** The coldest and hottest temperature: what separates all clips would otherwise be 0. */
const [COLDEST, HOTTEST] = [0.05, 20];

/** Halvings of the interval: far below what float32 logits tell. */
const HALVINGS = 60;

/** dNLL/dβ of one prediction with β = 1 / T: E_p[z] − z_y. */
function slope(logits: ArrayLike<number>, label: number, beta: number): number {
  let highest = -Infinity;
  for (let k = 0; k < logits.length; k++) highest = Math.max(highest, logits[k]!);
  let [sum, mean] = [0, 0];
  for (let k = 0; k < logits.length; k++) {
    const weight = Math.exp(beta * (logits[k]! - highest));
    sum += weight;
    mean += weight * logits[k]!;
  }
  return mean / sum - logits[label]!;
}

/**
 * Fits the temperature that makes probabilities softmax(z / T) most likely:
 * T = argmin −Σ log softmax(z_i / T)[y_i].
 *
 * The sum is convex in 1 / T, so its slope has one root, which is found by halving. Labels come from subjects who were
 * not trained on: on training subjects every network is too sure. Logarithms of probabilities are as good as logits.
 *
 * @param logits `[B]` rows `[N]` z.
 * @param labels `[B]` y, the true classes.
 * @returns T, 0.05 to 20; 1 leaves probabilities as they are, more makes them less sure.
 * @throws {RangeError} When there is no row, or not one label a row.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { fitTemperature } from "./mod.ts";
 * // Sure of the first class, and wrong in two of five: too sure.
 * const logits = Array.from({ length: 5 }, () => [5, 0]);
 * assert(fitTemperature(logits, [0, 0, 0, 1, 1]) > 5);
 * ```
 *
 * Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017, section 4.2.
 */
export function fitTemperature(logits: readonly ArrayLike<number>[], labels: readonly number[]): number {
  if (logits.length === 0 || logits.length !== labels.length) {
    throw new RangeError(
      `Cannot fit a temperature: expected one label a row, got ${labels.length} of ${logits.length} rows`,
    );
  }
  const total = (beta: number) => logits.reduce((sum, row, i) => sum + slope(row, labels[i]!, beta), 0);
  let [low, high] = [1 / HOTTEST, 1 / COLDEST];
  const [hot, cold] = [total(low), total(high)];
  // Every temperature is as good as the network's own.
  if (hot === 0 && cold === 0) return 1;
  if (hot >= 0) return HOTTEST;
  if (cold <= 0) return COLDEST;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (total(middle) < 0) low = middle;
    else high = middle;
  }
  return 2 / (low + high);
}
