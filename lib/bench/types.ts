/** What is measured in this process; a cold start is measured from outside. */
export type BenchWhat = "meta2" | "meta1" | "adapt" | "predict";

/** One measurement, with the names that `--what` and `--workload` take. */
export interface BenchOrder {
  readonly what: BenchWhat;
  readonly workload: string;
  readonly decoder: "none" | "unet";
  /** How often it is done after two rounds of warming up; `predict` ten times as often. */
  readonly repeats: number;
  /** Tasks of a meta-batch; default the workload's. */
  readonly tasks?: number;
  /** Frames of a clip; default the workload's. */
  readonly frames?: number;
  /** Height and width of a frame, pixels; default the workload's. */
  readonly size?: number;
  /** Clips of one call of `predict`. Default 1. */
  readonly batch?: number;
}

/** Milliseconds of one measurement. */
export interface BenchTimes {
  /** Median. */
  readonly ms: number;
  readonly min_ms: number;
  /** Of meta-gradients, else null. */
  readonly tasks_per_s: number | null;
}
