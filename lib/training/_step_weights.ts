/**
 * Weights of the query losses after each of k inner steps: even at first, falling along a line to the last step alone at
 * half the outer steps.
 *
 * Source: Antoniou et al., How to Train Your MAML (2019), multi-step loss optimisation with annealing.
 */
export function stepWeights(k: number, done: number): number[] | null {
  if (k < 2) return null;
  const early = Math.max(0, 1 - 2 * done) / k;
  return Array.from({ length: k }, (_, i) => i < k - 1 ? early : 1 - (k - 1) * early);
}
