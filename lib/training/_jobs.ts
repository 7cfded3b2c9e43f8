import type { Config } from "../config/mod.ts";
import type { ClipSet, Episode } from "../data/mod.ts";
import type { ModelCard, Statistics, Weights } from "../inference/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import type { Tree } from "../tree/mod.ts";

/** θ and, when they are learned, the inner rates: what an outer step moves. */
export interface Theta {
  readonly params: Tree<StoredTensor>;
  readonly rates: Tree<StoredTensor> | null;
}

/** A piece of work that one backend does alone. Plain data: it crosses a worker's door. */
export type Job =
  | {
    readonly kind: "meta";
    readonly theta: Theta;
    readonly episode: Episode;
    /** Clips of the episode that are seen in a mirror; see `config.augment`. */
    readonly flipped: readonly number[];
    readonly firstOrder: boolean;
    /** The label each class has in this task (classical few-shot protocol; −1: none), or null for its own. */
    readonly labelOrder: readonly number[] | null;
    /** Weights of the query losses after each inner step; null: the last alone. */
    readonly stepWeights: readonly number[] | null;
  }
  | {
    readonly kind: "supervised";
    readonly theta: Theta;
    readonly clips: readonly number[];
    /** Macro clips of the auxiliary loss; empty for none of the set's own. */
    readonly macro: readonly number[];
    /** Clips that are seen in a mirror; see `config.augment`. */
    readonly flipped: readonly number[];
  }
  | { readonly kind: "statistics"; readonly theta: Theta; readonly clips: readonly number[] }
  | {
    readonly kind: "features";
    readonly theta: Theta;
    readonly stats: Statistics;
    readonly clips: readonly number[];
  }
  | {
    readonly kind: "evaluate";
    readonly weights: Weights;
    readonly card: ModelCard;
    readonly episode: Episode;
    /** The label each class has in this task (classical few-shot protocol; −1: none), or null for its own. */
    readonly labelOrder: readonly number[] | null;
    /** Gradient steps of the calibration; default the card's. 0: none. */
    readonly innerSteps?: number;
  };

/** The gradient of one task. */
export interface GradientResult {
  readonly params: Tree<Float32Array>;
  readonly rates: Tree<Float32Array> | null;
  /** Outer loss, and accuracy on its clips. */
  readonly loss: number;
  readonly accuracy: number;
}

/** Batch statistics of each normalised layer: `[2, C]` mean and variance. */
export interface StatisticsResult {
  readonly clips: number;
  readonly layers: readonly { readonly channels: number; readonly data: Float32Array }[];
}

/** `[B, F]` row by row: what feeds the head. */
export interface FeaturesResult {
  readonly rows: readonly Float32Array[];
}

/** One held-out subject: what was said of its query clips, before and after calibration. */
export interface EvaluationResult {
  readonly subject: number;
  /** `[Q]` class indices. */
  readonly truth: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Whether there was a calibration; without one, after is as before. */
  readonly calibrated: boolean;
  /** `[Q, N]` class probabilities of both; none where clips are predicted together. */
  readonly probabilities?: { readonly before: Float32Array; readonly after: Float32Array } | null;
}

/** The result of a job of each kind. */
export interface JobResults {
  readonly meta: GradientResult;
  readonly supervised: GradientResult;
  readonly statistics: StatisticsResult;
  readonly features: FeaturesResult;
  readonly evaluate: EvaluationResult;
}

/** Does jobs one after another; the order of results is that of the jobs. */
export interface JobRunner {
  run<K extends Job["kind"]>(jobs: readonly Extract<Job, { kind: K }>[]): Promise<JobResults[K][]>;
  close(): void;
}

/** What every runner is made from. */
export interface RunnerSetup {
  readonly config: Config;
  readonly set: ClipSet;
}
