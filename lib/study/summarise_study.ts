import {
  accuracy,
  bootstrapGain,
  bootstrapSubjects,
  confusionMatrix,
  type DatabaseSummary,
  type FoldSummary,
  macroF1,
  type MetricName,
  type RowMetric,
  type RowSummary,
  type RunsMetric,
  type StudySummary,
  uar,
  uf1,
} from "../eval/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { SplitResult, SubjectPredictions } from "../training/mod.ts";
import { meanInterval } from "./mean_interval.ts";
import type { StudyPlan, StudyRow, UnitResult } from "./types.ts";

const METRICS = { accuracy, uf1, uar, macroF1 } as const;

type Side = "before" | "after";

function matrixOf(rows: readonly SubjectPredictions[], side: Side, classes: number): number[][] {
  return confusionMatrix(rows.flatMap((row) => row.truth), rows.flatMap((row) => row[side]), classes);
}

function share(row: SubjectPredictions, side: Side): number {
  return row.truth.filter((label, i) => label === row[side][i]).length / row.truth.length;
}

/** The predictions of one run of a row by fold, each subject under a name of its own. */
function foldsOf(row: StudyRow, run: number, results: readonly UnitResult[]): SubjectPredictions[][] {
  const seen = new Set<string>();
  return row.runs[run]!.map((unit, fold) => {
    const own = (results[unit] as SplitResult).evaluations[row.evaluation]!;
    // Subjects are held out once; tasks of shuffled labels are numbered anew in each fold.
    const named = own.map((one) =>
      seen.has(one.subject) ? { ...one, subject: `${one.subject}, fold ${fold + 1}` } : one
    );
    own.forEach(({ subject }) => seen.add(subject));
    return named;
  });
}

/** All folds together, by name. */
function predictionsOf(folds: readonly (readonly SubjectPredictions[])[]): SubjectPredictions[] {
  return folds.flat().toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
}

function foldSummary(rows: readonly SubjectPredictions[], classes: number): FoldSummary {
  return {
    heldout: rows.map(({ subject }) => subject),
    confusion: { before: matrixOf(rows, "before", classes), after: matrixOf(rows, "after", classes) },
  };
}

function meanCurve(results: readonly SplitResult[]): RowSummary["curve"] {
  const first = results[0]!.history;
  return first.map(({ step }, i) => {
    const mean = (key: "loss" | "accuracy") =>
      results.reduce((sum, { history }) => sum + history[i]![key], 0) / results.length;
    return { step, loss: mean("loss"), accuracy: mean("accuracy") };
  });
}

/** How the folds chose the θ that a row of so many shots reads. */
function selectionOf(results: readonly SplitResult[], shots: number): Pick<RowSummary, "selection"> {
  const chosen = results.flatMap(({ selections = [] }) => selections.filter((one) => one.shots === shots));
  if (chosen.length === 0) return {};
  const mean = (score: (one: typeof chosen[number]) => number) =>
    chosen.reduce((sum, one) => sum + score(one), 0) / chosen.length;
  return {
    selection: {
      shots,
      steps: chosen.map(({ step }) => step),
      score: mean(({ score }) => score),
      curve: chosen[0]!.curve.map(({ step }, i) => ({ step, score: mean(({ curve }) => curve[i]!.score) })),
    },
  };
}

/**
 * Fills a protocol's table: metrics of counts pooled over folds, with intervals by resampling subjects, paired with the
 * first row of its group where the subjects are the same; by database where there are several.
 *
 * @param plan The plan.
 * @param results One result a unit, in the plan's order.
 * @param options Root of the bootstrap's streams.
 * @returns The table as plain data.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type StudyPlan, summariseStudy } from "./mod.ts";
 * const plan: StudyPlan = {
 *   protocol: "loso", summary: "", notes: [], classes: ["happy", "sad"], units: [], rows: [{ name: "maml", runs: [[0]], evaluation: 0, shots: 1 }],
 * };
 * const said = { subject: "db/1", truth: [0, 1], before: [0, 0], after: [0, 1] };
 * const result = {
 *   trainSeconds: 1, evaluateSeconds: 1, parameters: 1, bytes: 4, history: [], evaluations: [[said]],
 * };
 * const { rows } = summariseStudy(plan, [result], { seed: 0 });
 * assertEquals([rows[0]!.metrics!.accuracy.before.estimate, rows[0]!.metrics!.accuracy.after.estimate], [0.5, 1]);
 * ```
 *
 * Source: MEGC2019 (pooled counts); Efron and Tibshirani 1993 (cluster bootstrap).
 */
export function summariseStudy(
  plan: StudyPlan,
  results: readonly UnitResult[],
  { seed }: { readonly seed: number },
): StudySummary {
  const { classes } = plan;
  const n = classes.length;
  // Rows of as many shots have the same query clips; a group has a reference of its own.
  const references = new Map<string, SubjectPredictions[][]>();
  const rows = plan.rows.map((row): RowSummary => {
    const { name, shots, x, series, group } = row;
    const place = {
      name,
      shots,
      ...(x !== undefined && { x }),
      ...(series !== undefined && { series }),
      ...(group !== undefined && { group }),
    };
    const units = row.runs.flat().map((unit) => results[unit]!);
    const failure = units.find((unit) => "failed" in unit);
    if (failure !== undefined) return { ...place, failed: (failure as { failed: string }).failed };
    const key = `${shots} ${group ?? ""}`;
    const folds = row.runs.map((_, run) => foldsOf(row, run, results));
    const runs = folds.map(predictionsOf);
    const first = runs[0]!;
    const base = references.get(key) ?? null;
    if (base === null) references.set(key, runs);
    const done = units as SplitResult[];
    const trainSeconds = done.reduce((sum, unit) => sum + unit.trainSeconds, 0);
    return {
      ...place,
      metrics: metricsOf(runs, base, { classes: n, seed }),
      confusion: { before: matrixOf(first, "before", n), after: matrixOf(first, "after", n) },
      folds: folds[0]!.map((fold) => foldSummary(fold, n)),
      ...(plan.resampled !== "tasks" && databasesOf(first, n)),
      subjects: first.map((one) => ({
        name: one.subject,
        clips: one.truth.length,
        before: share(one, "before"),
        after: share(one, "after"),
      })),
      curve: meanCurve(row.runs[0]!.map((unit) => results[unit] as SplitResult))!,
      ...selectionOf(row.runs[0]!.map((unit) => results[unit] as SplitResult), shots),
      trainSeconds,
      secondsPerTraining: trainSeconds / done.length,
      parameters: done[0]!.parameters,
      bytes: done[0]!.bytes,
    };
  });
  const { protocol, summary, resampled, notes } = plan;
  return { protocol, summary, ...(resampled && { resampled }), notes, classes, rows };
}

/** Whether two runs predict the same clips of the same subjects. */
function samePeople(a: readonly SubjectPredictions[], b: readonly SubjectPredictions[]): boolean {
  return a.length === b.length &&
    a.every((one, i) => one.subject === b[i]!.subject && one.truth.length === b[i]!.truth.length);
}

function metricsOf(
  runs: readonly (readonly SubjectPredictions[])[],
  base: readonly (readonly SubjectPredictions[])[] | null,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): Record<MetricName, RowMetric> {
  const names = Object.keys(METRICS) as MetricName[];
  const stream = (what: string) => ({ random: createRandom(seed, "bootstrap", what) });
  const first = runs[0]!;
  const paired = base !== null && runs.every((run, i) => samePeople(run, base[i]!));
  return Object.fromEntries(names.map((metric): [MetricName, RowMetric] => {
    const of = (side: Side) => (rows: readonly SubjectPredictions[]) => METRICS[metric](matrixOf(rows, side, classes));
    // Before and after as the same kind of entry, so that one statistic serves both.
    const turned = first.map((one) => ({ before: { ...one, after: one.before }, after: one }));
    return [metric, {
      before: bootstrapSubjects(first, of("before"), stream("before")),
      after: bootstrapSubjects(first, of("after"), stream("after")),
      gain: bootstrapGain(turned, of("after"), stream("gain")),
      ...(paired && {
        beyondFirst: bootstrapGain(
          first.map((one, i) => ({ before: base[0]![i]!, after: one })),
          of("after"),
          stream("beyond"),
        ),
      }),
      ...(runs.length > 1 && { runs: overRuns(runs, paired ? base : null, of) }),
    }];
  })) as Record<MetricName, RowMetric>;
}

/** Means over runs; differences are taken within a run, where both sides have the same split. */
function overRuns(
  runs: readonly (readonly SubjectPredictions[])[],
  base: readonly (readonly SubjectPredictions[])[] | null,
  of: (side: Side) => (rows: readonly SubjectPredictions[]) => number,
): RunsMetric {
  const [before, after] = [runs.map(of("before")), runs.map(of("after"))];
  return {
    before: meanInterval(before),
    after: meanInterval(after),
    gain: meanInterval(after.map((value, run) => value - before[run]!)),
    ...(base !== null && { beyondFirst: meanInterval(after.map((value, run) => value - of("after")(base[run]!))) }),
  };
}

function databasesOf(rows: readonly SubjectPredictions[], classes: number): Pick<RowSummary, "databases"> {
  const groups = Map.groupBy(rows, (row) => row.subject.slice(0, row.subject.indexOf("/")));
  if (groups.size < 2) return {};
  return {
    databases: [...groups].map(([database, own]): DatabaseSummary => {
      const all = (side: Side) => {
        const matrix = matrixOf(own, side, classes);
        return Object.fromEntries(
          Object.entries(METRICS).map(([name, metric]) => [name, metric(matrix)]),
        ) as Record<MetricName, number>;
      };
      return {
        database,
        clips: own.reduce((sum, row) => sum + row.truth.length, 0),
        before: all("before"),
        after: all("after"),
        confusion: matrixOf(own, "after", classes),
      };
    }),
  };
}
