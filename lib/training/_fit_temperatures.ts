import type { Config } from "../config/mod.ts";
import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { fitTemperature } from "../eval/mod.ts";
import type { ModelCard, Weights } from "../inference/mod.ts";
import { predictHoldout } from "./_evaluate.ts";
import type { JobRunner } from "./_jobs.ts";
import { probabilityRows, type When } from "./_probability_rows.ts";

/**
 * Fits the temperatures of a model on validation subjects, on whom θ was not trained: of θ alone, and of those who can
 * be calibrated after that.
 *
 * @returns What the card keeps; null where the configuration has no validation subjects, classes that change from task
 * to task, or predictions that depend on each other.
 */
export async function fitTemperatures(
  runner: JobRunner,
  config: Config,
  set: ClipSet,
  validation: SubjectSplit | null,
  model: { readonly weights: Weights; readonly card: ModelCard },
): Promise<NonNullable<ModelCard["temperature"]> | null> {
  if (validation === null || config.shuffleLabels) return null;
  const { splits } = await predictHoldout(runner, config, set, validation, model);
  const fit = (results: typeof splits, when: When) => {
    const found = probabilityRows(results, when);
    // float32 probabilities end at 1e-38.
    const logits = found?.rows.map((row) => Array.from(row, (p) => Math.log(Math.max(p, 1e-38))));
    return found && logits ? fitTemperature(logits, found.labels) : null;
  };
  const base = fit(splits, "before");
  // Where nobody there can be calibrated, the temperature of θ is what is known.
  const calibrated = fit(splits.filter((split) => split.calibrated), "after") ?? base;
  return base === null || calibrated === null ? null : { base, calibrated };
}
