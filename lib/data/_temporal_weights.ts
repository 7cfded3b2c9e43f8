import type { Recipe } from "./clip_set.ts";

/** Σ_{k=1}^{n−1} cos(k x), the Dirichlet kernel. */
function cosineSum(n: number, x: number): number {
  const half = Math.sin(x / 2);
  return half === 0 ? n - 1 : Math.sin((n - 0.5) * x) / (2 * half) - 0.5;
}

/** One row of TIM weights at p in [0, 1]; the product of cosines is split into a sum, so a row costs O(n). */
function timRow(n: number, p: number): Float64Array {
  const b = Math.PI * (p * (1 - 1 / n) + 1 / (2 * n)); // π (t − 1/(2n)), t = p (1 − 1/n) + 1/n
  return Float64Array.from({ length: n }, (_, j) => {
    const a = Math.PI * (2 * j + 1) / (2 * n);
    return (1 + cosineSum(n, a - b) + cosineSum(n, a + b)) / n;
  });
}

/**
 * Weights `[M][n]` that take n frames to M: output m is Σ_j w[m][j] · frame j.
 *
 * The M positions are p = linspace(0, 1, M); for M = 1 of several frames the middle, p = 1/2.
 * - `tim`: w_j = 1/n + (2/n) Σ_{k=1}^{n−1} cos(πk(2j−1)/(2n)) cos(πk(t − 1/(2n))), t = p(1 − 1/n) + 1/n: the temporal
 *   interpolation model in closed form (Zhou et al. 2011; its SVD cancels, so no frame's content enters).
 * - `linear`: between the neighbours of p (n − 1). `nearest`: the frame nearest to it, halves up.
 *
 * Rows sum to 1; M = n is the identity.
 */
export function temporalWeights(n: number, frames: number, time: Recipe["time"]): Float64Array[] {
  return Array.from({ length: frames }, (_, m) => {
    const p = frames === 1 ? 0.5 : m / (frames - 1);
    const row = new Float64Array(n);
    const at = p * (n - 1);
    const near = Math.floor(at + 0.5);
    // At a frame itself every model takes that frame: exact ends and identity, free of rounding.
    if (time === "nearest" || Math.abs(at - near) < 1e-9) row[near] = 1;
    else if (time === "tim") return timRow(n, p);
    else {
      const low = Math.floor(at);
      row[low] = 1 - (at - low);
      row[low + 1] = at - low;
    }
    return row;
  });
}
