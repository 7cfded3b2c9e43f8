import {
  accuracy,
  bootstrapGain,
  bootstrapSubjects,
  confusionMatrix,
  type DatabaseSummary,
  macroF1,
  type MetricName,
  type RowMetric,
  type RowSummary,
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

/** The predictions of one run of a row, all folds together, by name. */
function predictionsOf(row: StudyRow, run: number, results: readonly UnitResult[]): SubjectPredictions[] {
  const seen = new Set<string>();
  return row.runs[run]!.flatMap((unit, fold) => {
    const own = (results[unit] as SplitResult).evaluations[row.evaluation]!;
    // Subjects are held out once; tasks of shuffled labels are numbered anew in each fold.
    const named = own.map((one) =>
      seen.has(one.subject) ? { ...one, subject: `${one.subject}, fold ${fold + 1}` } : one
    );
    own.forEach(({ subject }) => seen.add(subject));
    return named;
  }).toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
}

function meanCurve(results: readonly SplitResult[]): RowSummary["curve"] {
  const first = results[0]!.history;
  return first.map(({ step }, i) => {
    const mean = (key: "loss" | "accuracy") =>
      results.reduce((sum, { history }) => sum + history[i]![key], 0) / results.length;
    return { step, loss: mean("loss"), accuracy: mean("accuracy") };
  });
}

/**
 * Fills a protocol's table: metrics of counts pooled over folds, with intervals by resampling subjects, paired with the
 * first row where the subjects are the same; by database where there are several.
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
  // Rows of as many shots have the same query clips.
  const references = new Map<number, SubjectPredictions[]>();
  const rows = plan.rows.map((row): RowSummary => {
    const { name, shots, x, series } = row;
    const place = { name, shots, ...(x !== undefined && { x }), ...(series !== undefined && { series }) };
    const units = row.runs.flat().map((unit) => results[unit]!);
    const failure = units.find((unit) => "failed" in unit);
    if (failure !== undefined) return { ...place, failed: (failure as { failed: string }).failed };
    const first = predictionsOf(row, 0, results);
    const base = references.get(shots) ?? null;
    if (base === null) references.set(shots, first);
    const done = units as SplitResult[];
    const trainSeconds = done.reduce((sum, unit) => sum + unit.trainSeconds, 0);
    return {
      ...place,
      metrics: metricsOf(row, results, first, base, { classes: n, seed }),
      confusion: { before: matrixOf(first, "before", n), after: matrixOf(first, "after", n) },
      ...databasesOf(first, n),
      subjects: first.map((one) => ({
        name: one.subject,
        clips: one.truth.length,
        before: share(one, "before"),
        after: share(one, "after"),
      })),
      curve: meanCurve(row.runs[0]!.map((unit) => results[unit] as SplitResult))!,
      trainSeconds,
      secondsPerTraining: trainSeconds / done.length,
      parameters: done[0]!.parameters,
      bytes: done[0]!.bytes,
    };
  });
  const { protocol, summary, notes } = plan;
  return { protocol, summary, notes, classes, rows };
}

function metricsOf(
  row: StudyRow,
  results: readonly UnitResult[],
  first: readonly SubjectPredictions[],
  base: readonly SubjectPredictions[] | null,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): Record<MetricName, RowMetric> {
  const names = Object.keys(METRICS) as MetricName[];
  const stream = (what: string) => ({ random: createRandom(seed, "bootstrap", what) });
  const paired = base !== null && base.length === first.length &&
    base.every((one, i) => one.subject === first[i]!.subject && one.truth.length === first[i]!.truth.length);
  return Object.fromEntries(names.map((metric): [MetricName, RowMetric] => {
    const of = (side: Side) => (rows: readonly SubjectPredictions[]) => METRICS[metric](matrixOf(rows, side, classes));
    // Before and after as the same kind of entry, so that one statistic serves both.
    const turned = first.map((one) => ({ before: { ...one, after: one.before }, after: one }));
    const runs = row.runs.map((_, run) => predictionsOf(row, run, results));
    return [metric, {
      before: bootstrapSubjects(first, of("before"), stream("before")),
      after: bootstrapSubjects(first, of("after"), stream("after")),
      gain: bootstrapGain(turned, of("after"), stream("gain")),
      ...(paired && {
        beyondFirst: bootstrapGain(
          first.map((one, i) => ({ before: base[i]!, after: one })),
          of("after"),
          stream("beyond"),
        ),
      }),
      ...(runs.length > 1 && {
        runs: { before: meanInterval(runs.map(of("before"))), after: meanInterval(runs.map(of("after"))) },
      }),
    }];
  })) as Record<MetricName, RowMetric>;
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
