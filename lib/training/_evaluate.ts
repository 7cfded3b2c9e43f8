import type { Config } from "../config/mod.ts";
import type { ClipSet, Episode, SubjectSplit } from "../data/mod.ts";
import {
  accuracy,
  bootstrapGain,
  type ConfusionMatrix,
  confusionMatrix,
  type Interval,
  uar,
  uf1,
} from "../eval/mod.ts";
import type { ModelCard, Weights } from "../inference/mod.ts";
import { createRandom } from "../random/mod.ts";
import { evaluationTasks } from "./_evaluation_tasks.ts";
import type { EvaluationResult, JobRunner } from "./_jobs.ts";
import { type CalibrationErrors, calibrationErrors } from "./_calibration_errors.ts";

/** One metric, pooled over all held-out clips. */
export interface PairedMetric {
  readonly before: number;
  readonly after: number;
  /** After minus before, by subject bootstrap. */
  readonly gain: Interval;
}

/** One held-out subject. */
export interface SubjectScore {
  readonly subject: string;
  readonly clips: number;
  readonly before: number;
  readonly after: number;
}

/** Calibration that covered only some classes: accuracy on the others' clips. */
export interface AbsentScore {
  /** Classes a subject was not calibrated on. */
  readonly classes: number;
  readonly before: number;
  readonly after: number;
  /** After minus before, mean over subjects. */
  readonly change: number;
}

/** How to evaluate. */
export interface EvaluateOptions {
  /** K, calibration clips a class; default the configuration's. */
  readonly shots?: number;
  /** Random splits of each subject into calibration and query clips; default the configuration's. */
  readonly repeats?: number;
  /** Classes left out of each subject's calibration, drawn by subject; default 0. */
  readonly absent?: number;
  /** Gradient steps of a calibration; default the configuration's. */
  readonly innerSteps?: number;
}

/** What was said of a subject's query clips, or with shuffled labels of a task's. */
type NamedResult = EvaluationResult & { readonly name: string };

/** What was said of the held-out subjects' query clips. */
interface HoldoutPredictions {
  /** K, calibration clips a class. */
  readonly shots: number;
  /** One entry a subject, its splits joined; with shuffled labels one a task. */
  readonly subjects: readonly NamedResult[];
  /** One entry a subject and split. */
  readonly splits: readonly EvaluationResult[];
  /** The classes left out of the calibration of each split, as its truth counts them. */
  readonly gone: readonly ReadonlySet<number>[];
}

/** Held-out subjects with θ as it is and after calibration. */
export interface Evaluation {
  /** K, calibration clips a class. */
  readonly shots: number;
  readonly accuracy: PairedMetric;
  readonly uf1: PairedMetric;
  readonly uar: PairedMetric;
  /** Counts, rows truth, columns prediction. */
  readonly confusion: { readonly before: ConfusionMatrix; readonly after: ConfusionMatrix };
  readonly subjects: readonly SubjectScore[];
  /** With `absent` classes: what calibration did to them. */
  readonly absent?: AbsentScore;
  /** With a model that has temperatures: what these do to the calibration error. */
  readonly calibrationError?: CalibrationErrors;
}

/** Leaves classes out of an episode's calibration clips. */
function withoutClasses(episode: Episode, set: ClipSet, gone: ReadonlySet<number>): Episode {
  const keep = (index: number) => !gone.has(set.labels[index]!);
  return { ...episode, support: episode.support.filter(keep), macro: episode.macro.filter(keep) };
}

/** Accuracy on the clips of the classes that were left out, a subject. */
function scoreAbsent(results: readonly EvaluationResult[], gone: readonly ReadonlySet<number>[]): AbsentScore {
  const rows = results.flatMap((result, i) => {
    const at = result.truth.flatMap((label, k) => gone[i]!.has(label) ? [k] : []);
    const share = (said: readonly number[]) => at.filter((k) => said[k] === result.truth[k]).length / at.length;
    return at.length === 0 ? [] : [{ before: share(result.before), after: share(result.after) }];
  });
  const mean = (when: "before" | "after") => rows.reduce((sum, row) => sum + row[when], 0) / rows.length;
  const [before, after] = [mean("before"), mean("after")];
  return { classes: gone[0]!.size, before, after, change: after - before };
}

/** Joins the splits of a subject: subjects, not splits, are what the bootstrap draws. */
function byName(results: readonly NamedResult[]): NamedResult[] {
  const joined = new Map<string, NamedResult>();
  for (const result of results) {
    const before = joined.get(result.name);
    joined.set(
      result.name,
      before === undefined ? result : {
        ...before,
        truth: [...before.truth, ...result.truth],
        before: [...before.before, ...result.before],
        after: [...before.after, ...result.after],
      },
    );
  }
  return [...joined.values()];
}

function hits(truth: readonly number[], predicted: readonly number[]): number {
  return truth.filter((label, i) => label === predicted[i]).length;
}

/** Predicts held-out subjects before and after calibration: calibration clips first, everything else a query. */
export async function predictHoldout(
  runner: JobRunner,
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  { weights, card }: { readonly weights: Weights; readonly card: ModelCard },
  options: EvaluateOptions = {},
): Promise<HoldoutPredictions> {
  const { shots = config.shots, repeats = config.repeats, absent = 0, innerSteps } = options;
  const whole = evaluationTasks(config, set, split, { shots, repeats });
  const left = whole.map(({ episode: { ways, subject } }) =>
    createRandom(config.seed, "absent", subject).shuffle(ways).slice(0, Math.min(absent, ways.length - 1))
  );
  const gone = whole.map(({ labelOrder }, i) => new Set(left[i]!.map((label) => labelOrder?.[label] ?? label)));
  const splits = await runner.run<"evaluate">(whole.map(({ episode, labelOrder }, i) => ({
    kind: "evaluate" as const,
    weights,
    card,
    episode: withoutClasses(episode, set, new Set(left[i])),
    labelOrder,
    ...(innerSteps !== undefined && { innerSteps }),
  })));
  return { shots, subjects: byName(splits.map((split, i) => ({ ...split, name: whole[i]!.name }))), splits, gone };
}

/** Evaluates weights on held-out subjects: predictions and their scores. */
export async function evaluateHoldout(
  runner: JobRunner,
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  model: { readonly weights: Weights; readonly card: ModelCard },
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { absent = 0 } = options;
  const { shots, subjects: results, splits, gone } = await predictHoldout(runner, config, set, split, model, options);
  type Rows = readonly Pick<EvaluationResult, "truth" | "after">[];
  const matrix = (rows: Rows) =>
    confusionMatrix(rows.flatMap((row) => row.truth), rows.flatMap((row) => row.after), model.card.classes.length);
  // Before and after are the same kind of row, so that one statistic serves both.
  const pairs = results.map((result) => ({ before: { ...result, after: result.before }, after: result }));
  const confusion = { before: matrix(pairs.map((pair) => pair.before)), after: matrix(results) };
  const paired = (metric: (confusion: ConfusionMatrix) => number): PairedMetric => ({
    before: metric(confusion.before),
    after: metric(confusion.after),
    gain: bootstrapGain(pairs, (rows: Rows) => metric(matrix(rows)), {
      random: createRandom(config.seed, "bootstrap"),
    }),
  });
  const subjects = results.map((result): SubjectScore => ({
    subject: result.name,
    clips: result.truth.length,
    before: hits(result.truth, result.before) / result.truth.length,
    after: hits(result.truth, result.after) / result.truth.length,
  }));
  const errors = calibrationErrors(splits, model.card.temperature);
  return {
    shots,
    accuracy: paired(accuracy),
    uf1: paired(uf1),
    uar: paired(uar),
    confusion,
    subjects,
    ...(errors && { calibrationError: errors }),
    ...(absent > 0 && { absent: scoreAbsent(splits, gone) }),
  };
}
