import type { ConfusionMatrix, Interval } from "./metrics.ts";
import type { SelectionData } from "./selection_data.ts";

/** One metric of the headline table; shares, 0 to 1. */
export interface ReportMetric {
  /** Of θ alone, without calibration. */
  readonly before: number;
  /** After calibration on the subject's own clips. */
  readonly after: number;
  /** After minus before, with its 95 % interval over resampled subjects. */
  readonly gain: Interval;
  /** Of plain supervised training on the same subjects, when it was run. */
  readonly supervised?: number;
  /** The same, fine-tuned on the calibration clips. */
  readonly fineTuned?: number;
}

/** One outer step of the learning curve. */
export interface ReportStep {
  readonly step: number;
  /** Mean query loss after adaptation. */
  readonly loss: number;
  /** Mean query accuracy after adaptation, 0 to 1. */
  readonly accuracy: number;
}

/** One held-out subject. */
export interface ReportSubject {
  readonly name: string;
  /** Query clips that the accuracies are taken over. */
  readonly clips: number;
  /** Accuracy, 0 to 1. */
  readonly before: number;
  /** Accuracy, 0 to 1. */
  readonly after: number;
}

/** Where and how a run ran. */
export interface ReportEnvironment {
  readonly backend: string;
  /** Why this backend and not a better one. */
  readonly why: string;
  /** Version of Deno. */
  readonly deno: string;
  /** Wall time of the run. */
  readonly seconds: number;
  /** Largest resident set seen, bytes. */
  readonly peakRssBytes: number;
  /** Commit of the source, when known. */
  readonly commit?: string;
  /** Anything else worth a row: model version, data set, workers. */
  readonly more?: Readonly<Record<string, string>>;
}

/** What a report is made of: plain JSON, no tensors. */
export interface ReportData {
  readonly title: string;
  /** When the run ended, ISO 8601. */
  readonly created: string;
  /** One or two sentences: who was held out, how many calibration clips, which normalisation. */
  readonly protocol: string;
  readonly metrics: {
    readonly accuracy: ReportMetric;
    readonly uf1: ReportMetric;
    readonly uar: ReportMetric;
  };
  readonly curve: readonly ReportStep[];
  /** How θ was chosen; absent: it is the last one. */
  readonly selection?: SelectionData;
  readonly subjects: readonly ReportSubject[];
  /** N class names. */
  readonly classes: readonly string[];
  /** Counts `[N][N]`, rows truth, columns prediction. */
  readonly confusion: { readonly before: ConfusionMatrix; readonly after: ConfusionMatrix };
  /** The run's configuration; nested records are shown by dotted path. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: ReportEnvironment;
}
