import type { Config } from "../config/mod.ts";
import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { checkCalibrationMemory, checkTrainingMemory } from "./_check_training_memory.ts";
import { type EvaluateOptions, predictHoldout } from "./_evaluate.ts";
import { finishTraining } from "./_finish_training.ts";
import { firstState } from "./_first_state.ts";
import { type HistoryRow, outerStep } from "./_meta_train.ts";
import { openRunner } from "./_open_runner.ts";
import { settleConfig } from "./_settle_config.ts";

/** What was said of one held-out subject's query clips. */
export interface SubjectPredictions {
  /** `database/subject`; with shuffled labels a task. */
  readonly subject: string;
  /** `[Q]` class indices: what is true, and what was predicted before and after calibration. */
  readonly truth: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** What training on one split gave. */
export interface SplitResult {
  /** Wall time of training, and of all evaluations. */
  readonly trainSeconds: number;
  readonly evaluateSeconds: number;
  /** Size of the network. */
  readonly parameters: number;
  readonly bytes: number;
  readonly history: readonly HistoryRow[];
  /** One list of held-out subjects for each evaluation asked for. */
  readonly evaluations: readonly (readonly SubjectPredictions[])[];
}

/** Options of {@linkcode trainSplit}. */
export interface TrainSplitOptions {
  /** How the trained θ is evaluated, one or several ways. */
  readonly evaluations: readonly EvaluateOptions[];
  readonly signal: AbortSignal;
  /** Told after every outer step. */
  onStep?(step: number, steps: number): void;
}

/**
 * Trains on the training subjects of a split, in this thread, and predicts the held-out ones; nothing is published.
 *
 * The θ that is evaluated is the last one: no label of a held-out subject has a say in training or selection.
 *
 * @param config The configuration.
 * @param set The clips.
 * @param split Training and held-out subjects; no subject on both sides.
 * @param options Evaluations, cancellation, progress.
 * @returns Predictions, learning curve, times and sizes.
 * @throws {DivergedError} When a loss is no number.
 * @throws {MemoryLimitError} When a step or a calibration would not fit the backend's memory.
 * @throws The signal's reason when it is aborted.
 *
 * @example
 * ```ts ignore
 * import { configSchema } from "../config/mod.ts";
 * import { loadClipSet, splitSubjects } from "../data/mod.ts";
 * import { trainSplit } from "./mod.ts";
 * const config = configSchema.parse({});
 * const set = await loadClipSet("manifest.csv", { frames: 8, size: 32, channels: 1, input: "difference", time: "tim" });
 * const { evaluations } = await trainSplit(config, set, splitSubjects(set, 0.3, 0), {
 *   evaluations: [{ shots: 5 }], signal: new AbortController().signal,
 * });
 * ```
 *
 * Source: paper 4.2, Algorithm 1.
 */
export async function trainSplit(
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  options: TrainSplitOptions,
): Promise<SplitResult> {
  const { evaluations, signal, onStep } = options;
  const shared = split.heldout.find((subject) => split.train.includes(subject));
  if (shared !== undefined) {
    throw new RangeError(`Cannot train: expected held-out subjects, got ${set.subjectNames[shared]} in training too`);
  }
  const begun = performance.now();
  const settled = settleConfig(config, set, split.train);
  checkTrainingMemory(settled, set, split);
  for (const { shots = settled.shots } of evaluations) checkCalibrationMemory(settled, set, split, shots, "train");
  const runner = await openRunner({ config: settled, set }, 0, signal);
  let state = await firstState(settled, set.classes.length);
  while (state.step < settled.outerSteps) {
    state = await outerStep(settled, set, split.train, runner, state);
    onStep?.(state.step, settled.outerSteps);
    // Lets a worker hear that it shall stop.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const model = await finishTraining(runner, settled, set, split.train, state.theta, { name: "split", provenance: {} });
  const trained = performance.now();
  const predictions: SubjectPredictions[][] = [];
  for (const evaluation of evaluations) {
    const { subjects } = await predictHoldout(runner, settled, set, split, model, evaluation);
    predictions.push(subjects.map(({ name, truth, before, after }) => ({ subject: name, truth, before, after })));
  }
  return {
    trainSeconds: (trained - begun) / 1000,
    evaluateSeconds: (performance.now() - trained) / 1000,
    parameters: model.card.parameters,
    bytes: model.card.bytes,
    history: state.history,
    evaluations: predictions,
  };
}
