import type { Random } from "../random/mod.ts";
import { FEWEST_SUBJECTS } from "./fewest_subjects.ts";

/** Counts `[N][N]`, rows truth, columns prediction. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** A statistic with its 95 % confidence interval. */
export interface Interval {
  /** The statistic of the data themselves. */
  readonly estimate: number;
  /** Mean over the resamples. */
  readonly mean: number;
  /** 2.5 % quantile over the resamples; null for fewer than {@linkcode FEWEST_SUBJECTS} subjects. */
  readonly low: number | null;
  /** 97.5 % quantile over the resamples; null for fewer than {@linkcode FEWEST_SUBJECTS} subjects. */
  readonly high: number | null;
  /** Why there are no bounds. */
  readonly reason?: string;
}

/** Options of {@linkcode bootstrapSubjects} and {@linkcode bootstrapGain}. */
export interface BootstrapOptions {
  /** Resamples. @default {1000} */
  readonly samples?: number;
  /** The stream to draw from. */
  readonly random: Random;
}

/**
 * Counts predictions: entry `[t][p]` is how often truth t was predicted as p.
 *
 * Pool all folds or subjects first, then take a metric of the pooled counts: an average of metrics over folds is
 * another figure.
 *
 * @param truth Class indices, one a clip.
 * @param predicted Class indices, one a clip.
 * @param classes N, the number of classes, also those that do not occur.
 * @returns `[N][N]` counts, rows truth, columns prediction.
 * @throws {TypeError} When the lengths differ.
 * @throws {RangeError} When an index is no class.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { confusionMatrix } from "./mod.ts";
 * assertEquals(confusionMatrix([0, 0, 1], [0, 1, 1], 2), [[1, 1], [0, 1]]);
 * ```
 */
export function confusionMatrix(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number[][] {
  if (truth.length !== predicted.length) {
    throw new TypeError(
      `Cannot count predictions: expected ${truth.length}, one for each truth, got ${predicted.length}`,
    );
  }
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const [t, p] = [truth[i]!, predicted[i]!];
    if (matrix[t] === undefined || matrix[p] === undefined) {
      throw new RangeError(`Cannot count predictions: expected classes from 0 to ${classes - 1}, got ${t} and ${p}`);
    }
    matrix[t]![p]!++;
  }
  return matrix;
}

/** Throws TypeError unless the matrix is square with at least one class. */
function checkSquare(matrix: ConfusionMatrix): void {
  if (matrix.length > 0 && matrix.every((row) => row.length === matrix.length)) return;
  throw new TypeError(
    `Cannot compute a metric: expected a square matrix, got rows of ${matrix.map((row) => row.length)}`,
  );
}

/** x / y, and 0 for 0 / 0: MEGC2019 counts an undefined score of a class as 0. */
function ratio(x: number, y: number): number {
  return y === 0 ? 0 : x / y;
}

/** True counts and predicted counts of each class. */
function margins(matrix: ConfusionMatrix): { truth: number; predicted: number; hit: number }[] {
  checkSquare(matrix);
  return matrix.map((row, c) => ({
    hit: row[c]!,
    truth: row.reduce((sum, count) => sum + count, 0),
    predicted: matrix.reduce((sum, other) => sum + other[c]!, 0),
  }));
}

/**
 * Share of clips predicted rightly: Σ_c TP_c / n. 0 when there is no clip.
 *
 * @param matrix `[N][N]` counts.
 * @returns A number in [0, 1].
 * @throws {TypeError} When the matrix is not square.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { accuracy } from "./mod.ts";
 * assertEquals(accuracy([[3, 1], [0, 0]]), 0.75);
 * ```
 */
export function accuracy(matrix: ConfusionMatrix): number {
  const classes = margins(matrix);
  return ratio(classes.reduce((sum, c) => sum + c.hit, 0), classes.reduce((sum, c) => sum + c.truth, 0));
}

/**
 * Unweighted F1 of MEGC2019: the mean over ALL classes of F1_c = 2 TP_c / (2 TP_c + FP_c + FN_c).
 *
 * A class that neither occurs nor is predicted (0 / 0) counts 0, it is not left out.
 *
 * @param matrix `[N][N]` counts, pooled over all folds.
 * @returns A number in [0, 1].
 * @throws {TypeError} When the matrix is not square.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { uf1 } from "./mod.ts";
 * assertAlmostEquals(uf1([[219, 22, 9], [40, 62, 7], [21, 3, 59]]), 0.7353, 5e-5);
 * ```
 *
 * Source: MEGC2019 recognition challenge, evaluation metrics.
 */
export function uf1(matrix: ConfusionMatrix): number {
  const scores = margins(matrix).map((c) => ratio(2 * c.hit, c.truth + c.predicted));
  return scores.reduce((a, b) => a + b, 0) / scores.length;
}

/**
 * Macro F1 as general toolkits have it: the mean of F1_c over the classes that occur or are predicted.
 *
 * Equal to {@linkcode uf1} when every class occurs; a class with neither is left out here and counts 0 there.
 *
 * @param matrix `[N][N]` counts.
 * @returns A number in [0, 1]; 0 when there is no clip.
 * @throws {TypeError} When the matrix is not square.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { macroF1, uf1 } from "./mod.ts";
 * const matrix = [[2, 0, 0], [0, 2, 0], [0, 0, 0]];
 * assertEquals([macroF1(matrix), uf1(matrix)], [1, 2 / 3]);
 * ```
 */
export function macroF1(matrix: ConfusionMatrix): number {
  const present = margins(matrix).filter((c) => c.truth + c.predicted > 0);
  return ratio(present.reduce((sum, c) => sum + 2 * c.hit / (c.truth + c.predicted), 0), present.length);
}

/**
 * Unweighted average recall of MEGC2019: the mean over ALL classes of TP_c / n_c, n_c the clips of class c.
 *
 * A class that does not occur (0 / 0) counts 0, as in {@linkcode uf1}.
 *
 * @param matrix `[N][N]` counts, pooled over all folds.
 * @returns A number in [0, 1].
 * @throws {TypeError} When the matrix is not square.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { uar } from "./mod.ts";
 * assertAlmostEquals(uar([[219, 22, 9], [40, 62, 7], [21, 3, 59]]), 0.7186, 5e-5);
 * ```
 *
 * Source: MEGC2019 recognition challenge, evaluation metrics.
 */
export function uar(matrix: ConfusionMatrix): number {
  const recalls = margins(matrix).map((c) => ratio(c.hit, c.truth));
  return recalls.reduce((a, b) => a + b, 0) / recalls.length;
}

/** Quantile of ascending values, linear between order statistics. */
function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)]! - sorted[low]!);
}

/** Resamples subject indices with replacement and evaluates; the engine of both bootstraps. */
function bootstrap(subjects: number, evaluate: (sample: number[]) => number, options: BootstrapOptions): Interval {
  const { samples = 1000, random } = options;
  if (subjects < 1) throw new RangeError("Cannot bootstrap: expected at least one subject, got none");
  if (!Number.isInteger(samples) || samples < 1) {
    throw new RangeError(`Cannot bootstrap: expected samples of 1 or more, got ${samples}`);
  }
  const estimate = evaluate(Array.from({ length: subjects }, (_, i) => i));
  const values = Array.from(
    { length: samples },
    () => evaluate(Array.from({ length: subjects }, () => random.integer(subjects))),
  ).sort((a, b) => a - b);
  const mean = values.reduce((a, b) => a + b, 0) / samples;
  if (subjects < FEWEST_SUBJECTS) {
    const reason = `resampling needs at least ${FEWEST_SUBJECTS}, there ${subjects === 1 ? "is" : "are"} ${subjects}`;
    return { estimate, mean, low: null, high: null, reason };
  }
  return { estimate, mean, low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/**
 * 95 % confidence interval by resampling whole subjects (cluster bootstrap, percentile method).
 *
 * Clips of one subject are not independent, so subjects, not clips, are drawn with replacement, as many as there are.
 *
 * @param perSubject One entry a subject: a value, or its clips' truths and predictions to be pooled by the statistic.
 * @param statistic What a sample of subjects gives.
 * @param options Number of resamples and the random stream.
 * @returns The statistic of the data, and mean and quantiles over the resamples; a handful of subjects gives no quantiles
 * but the reason.
 * @throws {RangeError} When there is no subject or no resample.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { createRandom } from "../random/mod.ts";
 * import { bootstrapSubjects } from "./mod.ts";
 * const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
 * const { low, estimate, high } = bootstrapSubjects([0.5, 0.6, 0.7, 0.8, 0.9], mean, { random: createRandom(0, "ci") });
 * assert(0.5 <= low! && low! < estimate && estimate < high! && high! <= 0.9);
 * ```
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
 */
export function bootstrapSubjects<T>(
  perSubject: readonly T[],
  statistic: (sample: readonly T[]) => number,
  options: BootstrapOptions,
): Interval {
  return bootstrap(perSubject.length, (sample) => statistic(sample.map((i) => perSubject[i]!)), options);
}

/**
 * 95 % confidence interval of a paired gain, statistic(after) − statistic(before), by resampling subjects.
 *
 * Every resample takes the same subjects on both sides, so differences between subjects cancel.
 *
 * @param pairs One `{ before, after }` a subject.
 * @param statistic What a sample of either side gives.
 * @param options Number of resamples and the random stream.
 * @returns The gain of the data, and mean and quantiles over the resamples.
 * @throws {RangeError} When there is no subject or no resample.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { createRandom } from "../random/mod.ts";
 * import { bootstrapGain } from "./mod.ts";
 * const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
 * const pairs = [0.1, 0.3, 0.4, 0.6, 0.7].map((before) => ({ before, after: before + 0.2 }));
 * const { low, high } = bootstrapGain(pairs, mean, { random: createRandom(0, "gain") });
 * assertAlmostEquals(low!, 0.2);
 * assertAlmostEquals(high!, 0.2);
 * ```
 */
export function bootstrapGain<T>(
  pairs: readonly { readonly before: T; readonly after: T }[],
  statistic: (sample: readonly T[]) => number,
  options: BootstrapOptions,
): Interval {
  const gain = (sample: number[]) =>
    statistic(sample.map((i) => pairs[i]!.after)) - statistic(sample.map((i) => pairs[i]!.before));
  return bootstrap(pairs.length, gain, options);
}
