import type { Config } from "../config/mod.ts";
import type { ObjectStore } from "../storage/mod.ts";

/** What a run tells while it works. */
export type TrainingEvent =
  | { readonly type: "status"; readonly message: string }
  /** Work before or after the outer loop: rendering, reading, evaluating. */
  | { readonly type: "progress"; readonly what: string; readonly done: number; readonly total: number }
  | {
    readonly type: "step";
    /** Outer steps done, of `steps`. */
    readonly step: number;
    readonly steps: number;
    /** Mean query loss and accuracy after adaptation, over the tasks of the step. */
    readonly loss: number;
    readonly accuracy: number;
    readonly secondsLeft: number;
  }
  /** The store has a checkpoint after so many steps: just written, or found by a run that resumes. */
  | { readonly type: "checkpoint"; readonly step: number };

/** How θ was chosen on validation subjects. */
export interface SelectionResult {
  /** K of the calibration that was scored; 0: θ alone was. */
  readonly shots: number;
  /** Outer steps of the chosen θ, and its UF1 on the validation subjects, 0 to 1. */
  readonly step: number;
  readonly score: number;
  /** Every θ that was scored. */
  readonly curve: readonly { readonly step: number; readonly score: number }[];
}

/** What a finished run leaves. */
export interface TrainingResult {
  /** Model name and content-addressed version in the store. */
  readonly name: string;
  readonly version: string;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Options of a run. */
export interface TrainingOptions {
  readonly store: ObjectStore;
  /** Tenant whose models and runs these are. */
  readonly tenant: string;
  /** Model name. */
  readonly name: string;
  /** Identifies the run in the store; a run with checkpoints continues from the last one. */
  readonly runId: string;
  /** Folder for rendered synthetic sets; default `data`. */
  readonly dataFolder?: string;
  /** Facts to keep in the model's card: versions, commit, date. */
  readonly provenance?: Readonly<Record<string, string>>;
  /** Workers that do tasks in parallel; 0 or 1: in this thread. WebGPU always runs in this thread. */
  readonly workers: number;
  readonly signal: AbortSignal;
  onEvent(event: TrainingEvent): void;
}

/** Runs meta-training from configuration to a published model; injected into the train function. */
export type Trainer = (config: Config, options: TrainingOptions) => Promise<TrainingResult>;
