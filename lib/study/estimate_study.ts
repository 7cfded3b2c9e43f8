import type { ClipSet } from "../data/mod.ts";
import { trainSplit } from "../training/mod.ts";
import type { StudyPlan } from "./types.ts";

/** What a plan would cost. */
export interface StudyCost {
  /** Trainings, and outer steps of all of them. */
  readonly trainings: number;
  readonly steps: number;
  /** Wall time on that many workers, seconds, from the measured time of a few steps of each kind of training. */
  readonly seconds: number;
}

/** Options of {@linkcode estimateStudy}. */
export interface EstimateStudyOptions {
  readonly workers: number;
  readonly signal: AbortSignal;
}

/** Outer steps that are timed, after one that warms the backend up. */
const TIMED = 2;

/**
 * Estimates what a plan costs: times a few outer steps and an evaluation of each kind of training on the set itself.
 *
 * @param plan The plan.
 * @param set The clips.
 * @param options Workers and cancellation.
 * @returns Trainings, steps, and seconds on so many workers, if each had a core of its own.
 *
 * @example
 * ```ts ignore
 * import { configSchema } from "../config/mod.ts";
 * import { estimateStudy, planStudy } from "./mod.ts";
 * const { seconds } = await estimateStudy(planStudy("loso", configSchema.parse({}), set), set, {
 *   workers: 2, signal: new AbortController().signal,
 * });
 * ```
 */
export async function estimateStudy(plan: StudyPlan, set: ClipSet, options: EstimateStudyOptions): Promise<StudyCost> {
  const { workers, signal } = options;
  const kinds = new Map<string, { stepSeconds: number; evaluateSeconds: number }>();
  let seconds = 0;
  let steps = 0;
  for (const { config, split, evaluations } of plan.units) {
    const kind = JSON.stringify([{ ...config, seed: 0 }, evaluations]);
    let cost = kinds.get(kind);
    if (cost === undefined) {
      const short = { ...config, outerSteps: Math.min(config.outerSteps, 1 + TIMED) };
      const marks: number[] = [];
      const result = await trainSplit(short, set, split, {
        evaluations,
        signal,
        onStep: () => marks.push(performance.now()),
      });
      const timed = marks.length > 1 ? (marks.at(-1)! - marks[0]!) / 1000 / (marks.length - 1) : 0;
      cost = { stepSeconds: timed, evaluateSeconds: result.evaluateSeconds / split.heldout.length };
      kinds.set(kind, cost);
    }
    steps += config.outerSteps;
    seconds += config.outerSteps * cost.stepSeconds + split.heldout.length * cost.evaluateSeconds;
  }
  return { trainings: plan.units.length, steps, seconds: seconds / Math.max(1, Math.min(workers, plan.units.length)) };
}
