import type { ConfusionMatrix, Interval } from "./metrics.ts";
import type { ReportEnvironment } from "./report_data.ts";
import type { SelectionData } from "./selection_data.ts";

/** A mean over runs with the half width of its 95 % interval (Student's t). */
export interface MeanInterval {
  readonly mean: number;
  readonly half: number;
}

/** Names of the metrics of a table. */
export type MetricName = "accuracy" | "uf1" | "uar" | "macroF1";

/** One metric of a row: of the first run with its interval over resampled subjects, and over runs where there are several. */
export interface RowMetric {
  readonly before: Interval;
  readonly after: Interval;
  /** After minus before. */
  readonly gain: Interval;
  /** This row's after minus that of the row it is compared with, on the same subjects; absent for that row. */
  readonly beyondFirst?: Interval;
  /** The row's own figures when there are several runs: mean and 95 % interval over them. */
  readonly runs?: RunsMetric;
}

/** One metric of a row over several runs. */
export interface RunsMetric {
  readonly before: MeanInterval;
  readonly after: MeanInterval;
  /** After minus before, run by run. */
  readonly gain: MeanInterval;
  /** As {@linkcode RowMetric.beyondFirst}, run by run. */
  readonly beyondFirst?: MeanInterval;
}

/** One line of the table, filled. */
export interface RowSummary {
  readonly name: string;
  /** K, calibration clips a class; 0: none, so that before and after are the same. */
  readonly shots: number;
  readonly x?: number;
  readonly series?: string;
  /** Rows are compared with the first of their group (and as many shots) that did not fail. */
  readonly group?: string;
  /** What this row ran with, of all that differs between rows. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Why there are no figures: a training that diverged. */
  readonly failed?: string;
  readonly metrics?: Readonly<Record<MetricName, RowMetric>>;
  /** Of the first run, pooled over folds: counts, rows truth, columns prediction. */
  readonly confusion?: { readonly before: ConfusionMatrix; readonly after: ConfusionMatrix };
  /** The same by database; only when there are several. */
  readonly databases?: readonly DatabaseSummary[];
  /** The same fold by fold. */
  readonly folds?: readonly FoldSummary[];
  /** Held-out subjects of the first run. */
  readonly subjects?: readonly {
    readonly name: string;
    readonly clips: number;
    readonly before: number;
    readonly after: number;
  }[];
  /** Mean training curve over the folds of the first run. */
  readonly curve?: readonly { readonly step: number; readonly loss: number; readonly accuracy: number }[];
  /** How θ was chosen in the trainings of the first run, where it was. */
  readonly selection?: SelectionData;
  /** Seconds of training, summed over all units, and the mean of one. */
  readonly trainSeconds?: number;
  readonly secondsPerTraining?: number;
  readonly parameters?: number;
  readonly bytes?: number;
}

/** One fold of a row. */
export interface FoldSummary {
  /** Who was held out; with shuffled labels the fold's tasks. */
  readonly heldout: readonly string[];
  /** Counts, rows truth, columns prediction. */
  readonly confusion: { readonly before: ConfusionMatrix; readonly after: ConfusionMatrix };
}

/** One database's rows of the composite. */
export interface DatabaseSummary {
  readonly database: string;
  readonly clips: number;
  readonly before: Readonly<Record<MetricName, number>>;
  readonly after: Readonly<Record<MetricName, number>>;
  readonly confusion: ConfusionMatrix;
}

/** A protocol's table. */
export interface StudySummary {
  /** Name of the protocol. */
  readonly protocol: string;
  readonly summary: string;
  /** What is resampled, and what a "subject" of a row is: tasks in the classical few-shot protocol. @default {"subjects"} */
  readonly resampled?: "subjects" | "tasks";
  readonly notes: readonly string[];
  readonly classes: readonly string[];
  readonly rows: readonly RowSummary[];
}

/** What the report of a protocol is made of: plain JSON. */
export interface StudyReportData {
  readonly title: string;
  /** When the protocol ended, ISO 8601. */
  readonly created: string;
  readonly summary: StudySummary;
  /** The configuration that all rows ran with; what differs between them is in the rows. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: ReportEnvironment;
}
