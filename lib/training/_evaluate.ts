import type { Config } from "../config/mod.ts";
import { type ClipSet, evaluationEpisodes, type SubjectSplit } from "../data/mod.ts";
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
import type { EvaluationResult, JobRunner } from "./_jobs.ts";

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
}

function hits(truth: readonly number[], predicted: readonly number[]): number {
  return truth.filter((label, i) => label === predicted[i]).length;
}

/** Evaluates weights on held-out subjects: calibration clips first, everything else a query. */
export async function evaluateHoldout(
  runner: JobRunner,
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  weights: Weights,
  card: ModelCard,
): Promise<Evaluation> {
  const { shots, macros, seed } = config;
  const useMacro = config.macro === "data" && config.lambda2 > 0;
  const episodes = evaluationEpisodes(set, split.heldout, {
    shots,
    macros: useMacro ? macros : 0,
    trainingSubjects: split.train,
  }, seed);
  const results = await runner.run<"evaluate">(
    episodes.map((episode) => ({ kind: "evaluate" as const, weights, card, episode })),
  );
  type Rows = readonly Pick<EvaluationResult, "truth" | "after">[];
  const matrix = (rows: Rows) =>
    confusionMatrix(rows.flatMap((row) => row.truth), rows.flatMap((row) => row.after), set.classes.length);
  // Before and after are the same kind of row, so that one statistic serves both.
  const pairs = results.map((result) => ({ before: { ...result, after: result.before }, after: result }));
  const confusion = { before: matrix(pairs.map((pair) => pair.before)), after: matrix(results) };
  const paired = (metric: (confusion: ConfusionMatrix) => number): PairedMetric => ({
    before: metric(confusion.before),
    after: metric(confusion.after),
    gain: bootstrapGain(pairs, (rows: Rows) => metric(matrix(rows)), { random: createRandom(seed, "bootstrap") }),
  });
  const subjects = results.map((result): SubjectScore => ({
    subject: set.subjectNames[result.subject]!,
    clips: result.truth.length,
    before: hits(result.truth, result.before) / result.truth.length,
    after: hits(result.truth, result.after) / result.truth.length,
  }));
  return { shots, accuracy: paired(accuracy), uf1: paired(uf1), uar: paired(uar), confusion, subjects };
}
