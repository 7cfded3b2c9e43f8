import type { EvaluationResult } from "./_jobs.ts";

/** When a prediction is made: with θ, or with a calibrated person's θ′. */
export type When = "before" | "after";

/** Predictions of many clips. */
export interface ProbabilityRows {
  readonly rows: readonly Float32Array[];
  /** The true classes. */
  readonly labels: readonly number[];
  /** Whether each row is by a calibrated person's weights. */
  readonly calibrated: readonly boolean[];
}

/** Rows of probabilities of all results; null where a prediction has none. */
export function probabilityRows(results: readonly EvaluationResult[], when: When): ProbabilityRows | null {
  const rows: Float32Array[] = [];
  for (const { truth, probabilities } of results) {
    if (probabilities == null) return null;
    const all = probabilities[when];
    const n = all.length / truth.length;
    truth.forEach((_, i) => rows.push(all.subarray(i * n, (i + 1) * n)));
  }
  if (rows.length === 0) return null;
  return {
    rows,
    labels: results.flatMap(({ truth }) => truth),
    calibrated: results.flatMap(({ truth, calibrated }) => truth.map(() => when === "after" && calibrated)),
  };
}
