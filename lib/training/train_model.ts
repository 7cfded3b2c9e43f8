import type { Config } from "../config/mod.ts";
import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { boundsOf } from "../eval/mod.ts";
import type { ModelCard } from "../inference/mod.ts";
import { promote, publishModel } from "../storage/mod.ts";
import { auxiliaryNote } from "./auxiliary_note.ts";
import { checkCalibrationMemory, checkTrainingMemory } from "./_check_training_memory.ts";
import { loadState, saveState } from "./_checkpoints.ts";
import { checkTasks } from "./check_tasks.ts";
import { clipSetDigest } from "./clip_set_digest.ts";
import { courseOf } from "./course_of.ts";
import { evaluateHoldout, type Evaluation } from "./_evaluate.ts";
import type { JobRunner } from "./_jobs.ts";
import { fitTemperatures } from "./_fit_temperatures.ts";
import { finishTraining } from "./_finish_training.ts";
import { loadData, splitOf } from "./_load_data.ts";
import { filledNote } from "./filled_note.ts";
import { firstState } from "./_first_state.ts";
import { DivergedError, type HistoryRow, outerStep, type TrainState } from "./_meta_train.ts";
import { settleConfig } from "./_settle_config.ts";
import { selectionResult, selectTheta } from "./_select_theta.ts";
import { openRunner } from "./_open_runner.ts";
import type { SelectionResult, TrainingOptions, TrainingResult } from "./types.ts";
import { validationSplit } from "./validation_split.ts";

/** What a run leaves beside its model. */
export interface TrainedModel extends TrainingResult {
  readonly card: ModelCard;
  readonly evaluation: Evaluation;
  readonly history: readonly HistoryRow[];
  /** What a reader of the figures must know: an auxiliary loss that is off, tasks that hold clips of other people. */
  readonly notes: readonly string[];
  /** Training and held-out subjects by name; those of the training subjects that θ was chosen on. */
  readonly subjects: {
    readonly train: readonly string[];
    readonly heldout: readonly string[];
    readonly validation: readonly string[];
  };
  /** How θ was chosen; null: it is the last one. */
  readonly selection: SelectionResult | null;
}

/** The outer loop, with checkpoints; stops at the last whole step when the signal says so. */
async function runSteps(
  config: Config,
  set: ClipSet,
  { train, validation }: { readonly train: readonly number[]; readonly validation: SubjectSplit | null },
  runner: JobRunner,
  first: TrainState,
  course: string,
  options: TrainingOptions,
): Promise<TrainState> {
  const { signal, onEvent } = options;
  const begun = performance.now();
  let state = first;
  let saved = first.step;
  const save = async () => {
    if (saved === state.step) return;
    await saveState(options, { course, keep: config.keepCheckpoints }, state);
    saved = state.step;
    onEvent({ type: "checkpoint", step: state.step });
  };
  const keeping = async (work: () => Promise<TrainState>) => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      // Whatever ended the run, it goes on from its last whole step. A store that fails as well is the graver news.
      await save();
      if (error instanceof DivergedError) await keepForReplay(error, options);
      throw error;
    }
  };
  const select = () =>
    validation === null
      ? Promise.resolve(state)
      : selectTheta(runner, config, set, state, { validation, shots: [config.shots] });
  state = await keeping(select);
  while (state.step < config.outerSteps) {
    state = await keeping(() => outerStep(config, set, train, runner, state));
    const done = state.step - first.step;
    const { loss, accuracy } = state.history[state.history.length - 1]!;
    const secondsLeft = (performance.now() - begun) / 1000 / done * (config.outerSteps - state.step);
    onEvent({ type: "step", step: state.step, steps: config.outerSteps, loss, accuracy, secondsLeft });
    state = await keeping(select);
    if (state.step % config.checkpointEvery === 0) await save();
  }
  await save();
  return state;
}

/** Says which θ was chosen. */
function selectionNote({ step, score, shots, curve }: SelectionResult, subjects: number): string {
  return `step ${step} has the best of ${curve.length} scores on ${subjects} validation subject${
    subjects === 1 ? "" : "s"
  } (UF1 ${(100 * score).toFixed(1)} %${shots === 0 ? "" : " after calibration"}): its θ is taken`;
}

/** The numbers of an evaluation that a model's card keeps. */
function summaryOf({ accuracy, uf1, uar, calibrationError: error }: Evaluation): Record<string, number> {
  const bounds = boundsOf(accuracy.gain);
  return {
    accuracyBefore: accuracy.before,
    accuracyAfter: accuracy.after,
    gain: accuracy.gain.estimate,
    ...(bounds !== null && { gainLow: bounds[0], gainHigh: bounds[1] }),
    uf1Before: uf1.before,
    uf1After: uf1.after,
    uarBefore: uar.before,
    uarAfter: uar.after,
    ...(error && {
      eceBefore: error.before.tempered,
      eceBeforeRaw: error.before.raw,
      eceAfter: error.after.tempered,
      eceAfterRaw: error.after.raw,
    }),
  };
}

/** Writes the episodes of a diverged step beside the run's checkpoints, the last of which is where the step began. */
async function keepForReplay(error: DivergedError, { store, tenant, runId }: TrainingOptions): Promise<void> {
  const key = `tenants/${tenant}/runs/${runId}/diverged-step-${error.step + 1}.json`;
  await store.put(key, new TextEncoder().encode(JSON.stringify({ step: error.step, episodes: error.episodes })));
  error.message += `; the step's episodes are in ${store.url} at ${key}`;
}

/**
 * A whole run: load clips, meta-train, choose θ on validation subjects where the configuration asks for it, take running statistics, evaluate held-out subjects before and after
 * calibration, publish the model and promote it to `stable`.
 *
 * The course of a run depends on its configuration and data alone: not on the number of workers, nor on whether it was
 * interrupted and resumed.
 *
 * @param config The configuration.
 * @param options Store, name, run, workers, and who listens. Data folders are relative to the working directory.
 * @returns The published version, its card, the evaluation and the learning curve.
 * @throws {MemoryLimitError} When a step or a calibration would not fit into the backend's memory; nothing was begun.
 * @throws {DivergedError} When a loss is no number; the episodes are saved.
 * @throws The signal's reason, after a checkpoint, when it is aborted.
 *
 * @example
 * ```ts ignore
 * import { configSchema } from "../config/mod.ts";
 * import { chooseBackend } from "../runtime/mod.ts";
 * import { openStore } from "../storage/mod.ts";
 * import { trainModel } from "./mod.ts";
 * await chooseBackend("auto");
 * const { version } = await trainModel(configSchema.parse({}), {
 *   store: openStore("file:./store"), tenant: "default", name: "lightman", runId: "demo", workers: 2,
 *   signal: new AbortController().signal, onEvent: console.log,
 * });
 * ```
 *
 * Source: paper 4.2, Algorithm 1.
 */
export async function trainModel(config: Config, options: TrainingOptions): Promise<TrainedModel> {
  const { store, tenant, name, signal, onEvent } = options;
  const dataNotes: string[] = [];
  const set = await loadData(config, {
    folder: options.dataFolder ?? "data",
    signal,
    onProgress: (what, done, total) => onEvent({ type: "progress", what, done, total }),
    onNote: (note) => void dataNotes.push(note),
  });
  const split = splitOf(config, set);
  checkTasks(config, set, split);
  const validation = validationSplit(config, set, split.train);
  // Nothing is learned from those that θ is chosen on.
  const train = validation?.train ?? split.train;
  const settled = settleConfig(config, set, train);
  checkTrainingMemory(settled, set, { ...split, train });
  if (validation !== null) checkCalibrationMemory(settled, set, validation, settled.shots, "train");
  const notes = [...dataNotes, auxiliaryNote(config, settled), filledNote(settled, set, train)]
    .filter((note) => note !== null);
  for (const message of notes) onEvent({ type: "status", message });
  const course = await courseOf(settled, await clipSetDigest(set), { split });
  const resumed = await loadState(options, course, (message) => onEvent({ type: "status", message }));
  const first = resumed ?? await firstState(settled, set.classes.length);
  if (resumed !== null) {
    onEvent({ type: "status", message: `resuming after step ${resumed.step}` });
    onEvent({ type: "checkpoint", step: resumed.step });
  }
  const named = (subjects: readonly number[]) => subjects.map((subject) => set.subjectNames[subject]!);
  const runner = await openRunner({ config: settled, set }, options.workers, signal);
  try {
    const state = await runSteps(settled, set, { train, validation }, runner, first, course, options);
    const [selected] = state.selections;
    const selection = selected === undefined ? null : selectionResult(selected, settled.shots);
    const chosenOn = named(validation?.heldout ?? []);
    if (selection !== null) onEvent({ type: "status", message: selectionNote(selection, chosenOn.length) });
    onEvent({ type: "status", message: `evaluating ${split.heldout.length} held-out subjects` });
    const theta = selected?.best.theta ?? state.theta;
    const whole = await finishTraining(runner, settled, set, train, theta, {
      name,
      provenance: {
        clips: String(set.ids.length),
        // Who had a say in θ: its training or its choice.
        trainSubjects: JSON.stringify(named(split.train)),
        ...(selection !== null && {
          validationSubjects: JSON.stringify(chosenOn),
          selectedStep: String(selection.step),
        }),
        ...options.provenance,
      },
    });
    const { weights } = whole;
    const temperature = await fitTemperatures(runner, settled, set, validation, whole);
    const card = temperature === null ? whole.card : { ...whole.card, temperature };
    const evaluation = await evaluateHoldout(runner, settled, set, split, { weights, card });
    const metrics = summaryOf(evaluation);
    signal.throwIfAborted();
    const version = await publishModel(store, tenant, name, weights, { ...card, metrics });
    await promote(store, tenant, name, "stable", version);
    return {
      name,
      version,
      metrics,
      card: { ...card, metrics },
      evaluation,
      history: state.history,
      notes,
      subjects: { train: named(split.train), heldout: named(split.heldout), validation: chosenOn },
      selection,
    };
  } finally {
    runner.close();
  }
}
