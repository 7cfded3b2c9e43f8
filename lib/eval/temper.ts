/** The smallest probability whose logarithm float32 probabilities tell. */
const SMALLEST = 1e-38;

/**
 * Changes the temperature of class probabilities: p_k^(1/T), of sum 1 again, which is softmax(z / T) where p is
 * softmax(z).
 *
 * @param probabilities `[N]`.
 * @param temperature T.
 * @returns `[N]`; the order of the classes stays.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { temper } from "./mod.ts";
 * assertEquals(temper([0.8, 0.2], 0.5).map((p) => Math.round(100 * p)), [94, 6]);
 * ```
 */
export function temper(probabilities: ArrayLike<number>, temperature: number): number[] {
  const logits = Array.from(probabilities, (p) => Math.log(Math.max(p, SMALLEST)) / temperature);
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
