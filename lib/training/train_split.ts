import type { Config } from "../config/mod.ts";
import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { yieldToEvents } from "../process/mod.ts";
import { checkCalibrationMemory, checkTrainingMemory } from "./_check_training_memory.ts";
import { type EvaluateOptions, predictHoldout } from "./_evaluate.ts";
import { finishTraining } from "./_finish_training.ts";
import { firstState } from "./_first_state.ts";
import { type HistoryRow, outerStep } from "./_meta_train.ts";
import { openRunner } from "./_open_runner.ts";
import type { Theta } from "./_jobs.ts";
import { selectionResult, selectTheta } from "./_select_theta.ts";
import { settleConfig } from "./_settle_config.ts";
import type { SelectionResult } from "./types.ts";
import { validationSplit } from "./validation_split.ts";

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
  /** How θ was chosen for evaluations of so many shots, where it was. */
  readonly selections?: readonly SelectionResult[];
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
 * The θ that is evaluated is the last one, or with `validation` the best on validation subjects, who are training
 * subjects: for evaluations without calibration by the score of θ alone, for others by the score after calibration with
 * as many shots. No clip of a held-out subject has a say in training or selection.
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
  const validation = validationSplit(config, set, split.train);
  const train = validation?.train ?? split.train;
  const settled = settleConfig(config, set, train);
  checkTrainingMemory(settled, set, { ...split, train });
  const shots = [...new Set(evaluations.map((evaluation) => evaluation.shots ?? settled.shots))];
  for (const k of shots) {
    checkCalibrationMemory(settled, set, split, k, "train");
    if (validation !== null) checkCalibrationMemory(settled, set, validation, k, "train");
  }
  const runner = await openRunner({ config: settled, set }, 0, signal);
  try {
    let state = await firstState(settled, set.classes.length);
    while (state.step < settled.outerSteps) {
      state = await outerStep(settled, set, train, runner, state);
      onStep?.(state.step, settled.outerSteps);
      if (validation !== null) state = await selectTheta(runner, settled, set, state, { validation, shots });
      // Lets a worker hear that it shall stop.
      await yieldToEvents();
    }
    const finish = (theta: Theta) =>
      finishTraining(runner, settled, set, train, theta, { name: "split", provenance: {} });
    const models = new Map<Theta, Awaited<ReturnType<typeof finish>>>();
    const thetaOf = (k: number) => state.selections[shots.indexOf(k)]?.best.theta ?? state.theta;
    for (const theta of new Set([...shots.map(thetaOf), ...(shots.length === 0 ? [state.theta] : [])])) {
      models.set(theta, await finish(theta));
    }
    const trained = performance.now();
    const predictions: SubjectPredictions[][] = [];
    for (const evaluation of evaluations) {
      const model = models.get(thetaOf(evaluation.shots ?? settled.shots))!;
      const { subjects } = await predictHoldout(runner, settled, set, split, model, evaluation);
      predictions.push(subjects.map(({ name, truth, before, after }) => ({ subject: name, truth, before, after })));
    }
    const { card } = models.values().next().value!;
    return {
      trainSeconds: (trained - begun) / 1000,
      evaluateSeconds: (performance.now() - trained) / 1000,
      parameters: card.parameters,
      bytes: card.bytes,
      history: state.history,
      evaluations: predictions,
      ...(state.selections.length > 0 && {
        selections: state.selections.map((selection, i) => selectionResult(selection, shots[i]!)),
      }),
    };
  } finally {
    runner.close();
  }
}
