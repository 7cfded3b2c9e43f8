import type { Config } from "../config/mod.ts";
import { type ClipSet, evaluationEpisodes, type SubjectSplit } from "../data/mod.ts";
import { accuracy, bootstrapGain, bootstrapSubjects, confusionMatrix, type Interval, uar, uf1 } from "../eval/mod.ts";
import type { ModelCard, Weights } from "../inference/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { EvaluationResult, JobRunner } from "./_jobs.ts";

/** Scores of one condition over all held-out clips, pooled. */
export interface Scores {
  readonly accuracy: Interval;
  readonly uf1: number;
  readonly uar: number;
  /** Rows: truth; columns: prediction. */
  readonly confusion: readonly (readonly number[])[];
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
  readonly before: Scores;
  readonly after: Scores;
  /** After minus before, accuracy, by subject bootstrap. */
  readonly gain: Interval;
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
  const scores = (when: "before" | "after"): Scores => {
    const matrix = (rows: readonly EvaluationResult[]) =>
      confusionMatrix(rows.flatMap((row) => row.truth), rows.flatMap((row) => row[when]), set.classes.length);
    const pooled = matrix(results);
    return {
      accuracy: bootstrapSubjects(results, (sample) => accuracy(matrix(sample)), {
        random: createRandom(seed, "bootstrap"),
      }),
      uf1: uf1(pooled),
      uar: uar(pooled),
      confusion: pooled,
    };
  };
  const subjects = results.map((result): SubjectScore => ({
    subject: set.subjectNames[result.subject]!,
    clips: result.truth.length,
    before: hits(result.truth, result.before) / result.truth.length,
    after: hits(result.truth, result.after) / result.truth.length,
  }));
  const share = (counts: readonly { hits: number; clips: number }[]) =>
    counts.reduce((sum, c) => sum + c.hits, 0) / Math.max(1, counts.reduce((sum, c) => sum + c.clips, 0));
  const gain = bootstrapGain(
    results.map(({ truth, before, after }) => ({
      before: { hits: hits(truth, before), clips: truth.length },
      after: { hits: hits(truth, after), clips: truth.length },
    })),
    share,
    { random: createRandom(seed, "bootstrap") },
  );
  return { shots, before: scores("before"), after: scores("after"), gain, subjects };
}
