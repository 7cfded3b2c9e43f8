import type { EvaluationResult } from "./_jobs.ts";

/** When a prediction is made: with θ, or with a calibrated person's θ′. */
export type When = "before" | "after";

/** Rows of probabilities and the true classes; null where a prediction has none. */
export function probabilityRows(
  results: readonly EvaluationResult[],
  when: When,
): { readonly rows: readonly Float32Array[]; readonly labels: readonly number[] } | null {
  const rows: Float32Array[] = [];
  for (const { truth, probabilities } of results) {
    if (probabilities == null) return null;
    const all = probabilities[when];
    const n = all.length / truth.length;
    truth.forEach((_, i) => rows.push(all.subarray(i * n, (i + 1) * n)));
  }
  return rows.length === 0 ? null : { rows, labels: results.flatMap(({ truth }) => truth) };
}
