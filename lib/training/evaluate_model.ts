import type { Config } from "../config/mod.ts";
import { type ClipSet, splitSubjects, type SubjectSplit } from "../data/mod.ts";
import type { ModelCard, Weights } from "../inference/mod.ts";
import { checkRandomTasks } from "./_check_random_tasks.ts";
import { checkCalibrationMemory } from "./_check_training_memory.ts";
import { evaluateHoldout, type EvaluateOptions, type Evaluation } from "./_evaluate.ts";
import { loadData, splitOf } from "./_load_data.ts";
import { openRunner } from "./_open_runner.ts";
import { classNames } from "./class_names.ts";
import { microClips } from "./_micro_clips.ts";
import { mostShots } from "./most_shots.ts";
import { settleConfig } from "./_settle_config.ts";
import type { TrainingEvent } from "./types.ts";

/** Options of {@linkcode evaluateModel}. */
export interface EvaluateModelOptions extends EvaluateOptions {
  /** Clips to evaluate on, by the configuration's `data`; default the model's own. */
  readonly data?: string;
  /** Held-out subjects: a share or names; default those held out in training. */
  readonly holdout?: Config["holdout"];
  /** Folder for rendered synthetic sets; default `data`. */
  readonly dataFolder?: string;
  readonly workers: number;
  readonly signal: AbortSignal;
  onEvent(event: TrainingEvent): void;
}

/**
 * Evaluates a published model on held-out subjects, before and after one-step calibration, by the code of the adapt
 * and predict functions.
 *
 * @param model Weights and card, as the store gives them.
 * @param options Data, subjects, calibration clips.
 * @returns Scores before and after.
 * @throws {RangeError} When a subject to be held out was trained on, or no subject has the clips for what was asked.
 * @throws {MemoryLimitError} When a calibration would not fit into the backend's memory.
 *
 * @example
 * ```ts ignore
 * import { loadModel, openStore } from "../storage/mod.ts";
 * import { evaluateModel } from "./mod.ts";
 * const model = await loadModel(openStore("file:./store"), "default", "lightman", { alias: "stable" });
 * const { accuracy } = await evaluateModel(model, {
 *   workers: 2, signal: new AbortController().signal, onEvent: () => {},
 * });
 * console.log(accuracy.before, accuracy.after);
 * ```
 */
export async function evaluateModel(
  model: { readonly weights: Weights; readonly card: ModelCard },
  options: EvaluateModelOptions,
): Promise<Evaluation> {
  const { card } = model;
  const { data = card.config.data, holdout = card.config.holdout, signal, onEvent } = options;
  const config: Config = { ...card.config, data, holdout };
  const set = await loadData(config, {
    folder: options.dataFolder ?? "data",
    signal,
    onProgress: (what, done, total) => onEvent({ type: "progress", what, done, total }),
    onNote: (message) => onEvent({ type: "status", message }),
  });
  // Shuffled labels are places in a task, whatever the classes are.
  const counted = card.config.shuffleLabels ? set : withClasses(set, card.classes, data);
  const trained = new Set<string>(JSON.parse(card.provenance.trainSubjects ?? "[]"));
  // On the model's own data the split of training holds; on other data every subject is new.
  const split = data === card.config.data || options.holdout !== undefined
    ? (options.holdout ? splitSubjects(set, options.holdout, config.seed) : splitOf(config, set))
    : { train: [], heldout: [...set.subjectNames.keys()] };
  const seen = split.heldout.map((subject) => set.subjectNames[subject]!).filter((name) => trained.has(name));
  if (seen.length > 0) {
    throw new RangeError(
      `Cannot hold out ${seen.slice(0, 3).join(", ")}: the model was trained on ${seen.length} of these`,
    );
  }
  const settled = settleConfig(config, counted, split.train);
  checkAsked(settled, counted, split, options);
  checkCalibrationMemory(settled, counted, split, options.shots ?? settled.shots);
  const runner = await openRunner({ config: settled, set: counted }, options.workers, signal);
  try {
    return await evaluateHoldout(runner, settled, counted, split, model, options);
  } finally {
    runner.close();
  }
}

/** Refuses calibrations that were asked for and that no held-out subject has the clips for. */
function checkAsked(
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  { shots, absent = 0 }: EvaluateOptions,
): void {
  const { heldout } = split;
  if (microClips(set, heldout).length === 0) {
    throw new RangeError("Cannot evaluate: expected micro clips of the held-out subjects, got none; hold out others");
  }
  const classes = classNames(config, set).length;
  if (absent >= classes) {
    throw new RangeError(
      `Cannot leave ${absent} classes out of calibration: there are ${classes}; the most that works is ${classes - 1}`,
    );
  }
  if (config.shuffleLabels) {
    checkRandomTasks(config, set, split, {
      shots: shots ?? config.shots,
      doing: "evaluate on tasks of held-out subjects",
    });
    return;
  }
  if (shots === undefined || shots === 0) return;
  const largest = Math.max(...mostShots(set, heldout));
  if (shots > largest) {
    throw new RangeError(
      `Cannot evaluate with K = ${shots}: no held-out subject has ${shots + 1} clips in two classes; ` +
        (largest > 0 ? `the largest K that works is ${largest}` : "add clips of theirs, or hold out others"),
    );
  }
}

/** The set with its labels counted in the model's classes. */
function withClasses(set: ClipSet, classes: readonly string[], data: string): ClipSet {
  const unknown = set.classes.filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(
      `Cannot evaluate on ${data}: expected classes ${classes.join(", ")}, got also ${unknown.join(", ")}`,
    );
  }
  return { ...set, classes, labels: set.labels.map((label) => classes.indexOf(set.classes[label]!)) };
}
