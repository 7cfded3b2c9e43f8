import { calibrationError, temper } from "../eval/mod.ts";
import type { ModelCard } from "../inference/mod.ts";
import type { EvaluationResult } from "./_jobs.ts";
import { type ProbabilityRows, probabilityRows } from "./_probability_rows.ts";

/** Expected calibration error with the network's own probabilities and with the model's temperature. */
export interface CalibrationErrors {
  readonly before: { readonly raw: number; readonly tempered: number };
  readonly after: { readonly raw: number; readonly tempered: number };
}

/** Measures on held-out subjects what a model's temperatures are worth; null without temperatures. */
export function calibrationErrors(
  results: readonly EvaluationResult[],
  temperature: ModelCard["temperature"],
): CalibrationErrors | null {
  if (temperature === undefined) return null;
  const [before, after] = [probabilityRows(results, "before"), probabilityRows(results, "after")];
  if (before === null || after === null) return null;
  const errors = ({ rows, labels, calibrated }: ProbabilityRows) => ({
    // Who had nothing to be calibrated on was predicted with the temperature of θ.
    raw: calibrationError(
      rows.map((row, i) => temper(row, 1 / temperature[calibrated[i] ? "calibrated" : "base"])),
      labels,
    ),
    tempered: calibrationError(rows, labels),
  });
  return { before: errors(before), after: errors(after) };
}
