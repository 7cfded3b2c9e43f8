import type { ClipSet } from "../data/mod.ts";
import { DivergedError, trainSplit } from "../training/mod.ts";
import { keptUnits, type KeptUnitsOptions } from "./_kept_units.ts";
import type { StudyPlan, Unit } from "./types.ts";

/** What a plan would cost. */
export interface StudyCost {
  /** All trainings, and how many of them are kept from before and cost nothing. */
  readonly trainings: number;
  readonly kept: number;
  /** Outer steps of those that are left. */
  readonly steps: number;
  /** Wall time of what is left on that many workers, seconds, from the measured time of a few steps of each kind of training. */
  readonly seconds: number;
}

/** Options of {@linkcode estimateStudy}. */
export interface EstimateStudyOptions extends KeptUnitsOptions {
  readonly workers: number;
}

/** Seconds of an outer step, of scoring and finishing a θ, and of the evaluation of one held-out subject. */
interface UnitCost {
  readonly stepSeconds: number;
  readonly finishSeconds: number;
  readonly evaluateSeconds: number;
}

/** Outer steps that are timed, after one that warms the backend up. */
const TIMED = 2;

async function timeUnit({ config, split, evaluations }: Unit, set: ClipSet, signal: AbortSignal): Promise<UnitCost> {
  // With validation subjects θ is scored once, after the steps.
  const selectEvery = Math.max(config.selectEvery, 1 + TIMED);
  const short = { ...config, selectEvery, outerSteps: Math.min(config.outerSteps, 1 + TIMED) };
  const marks = [performance.now()];
  const onStep = () => marks.push(performance.now());
  let [evaluateSeconds, finishSeconds] = [0, 0];
  try {
    const result = await trainSplit(short, set, split, { evaluations, signal, onStep });
    finishSeconds = Math.max(0, result.trainSeconds - (marks.at(-1)! - marks[0]!) / 1000);
    evaluateSeconds = result.evaluateSeconds / split.heldout.length;
  } catch (error) {
    // A training that diverges this early takes no longer than what was timed.
    if (!(error instanceof DivergedError)) throw error;
  }
  // The first step warms the backend up; it counts only where it is the only one.
  const timed = marks.length > 2 ? marks.slice(1) : marks;
  return {
    finishSeconds,
    evaluateSeconds,
    stepSeconds: (timed.at(-1)! - timed[0]!) / 1000 / Math.max(1, timed.length - 1),
  };
}

/**
 * Estimates what the rest of a plan costs: times a few outer steps and an evaluation of each kind of training on the set
 * itself. Trainings that the store keeps from before are not done again.
 *
 * @param plan The plan.
 * @param set The clips.
 * @param options Workers, where finished trainings are kept, and cancellation.
 * @returns Trainings, those kept, steps left, and seconds on so many workers, if each had a core of its own.
 *
 * @example
 * ```ts ignore
 * import { configSchema } from "../config/mod.ts";
 * import { openStore } from "../storage/mod.ts";
 * import { estimateStudy, planStudy } from "./mod.ts";
 * const { seconds } = await estimateStudy(planStudy("loso", configSchema.parse({}), set), set, {
 *   workers: 2, store: openStore("file:./store"), tenant: "default", signal: new AbortController().signal,
 * });
 * ```
 */
export async function estimateStudy(plan: StudyPlan, set: ClipSet, options: EstimateStudyOptions): Promise<StudyCost> {
  const { workers, signal } = options;
  const kinds = new Map<string, UnitCost>();
  let seconds = 0;
  let steps = 0;
  const found = await keptUnits(plan, set, options);
  const left = plan.units.filter((_, i) => found[i]!.result === null);
  for (const { config, split, evaluations } of left) {
    const kind = JSON.stringify([{ ...config, seed: 0 }, evaluations]);
    let cost = kinds.get(kind);
    if (cost === undefined) {
      cost = await timeUnit({ config, split, evaluations }, set, signal);
      kinds.set(kind, cost);
    }
    steps += config.outerSteps;
    const scored = config.validation === null ? 1 : Math.max(1, Math.ceil(config.outerSteps / config.selectEvery));
    seconds += config.outerSteps * cost.stepSeconds + scored * cost.finishSeconds +
      split.heldout.length * cost.evaluateSeconds;
  }
  const trainings = plan.units.length;
  return {
    trainings,
    kept: trainings - left.length,
    steps,
    seconds: seconds / Math.max(1, Math.min(workers, left.length)),
  };
}
