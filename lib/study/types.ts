import type { Config } from "../config/mod.ts";
import type { SubjectSplit } from "../data/mod.ts";
import type { EvaluateOptions, SplitResult } from "../training/mod.ts";

/** Names of the protocols that train inside themselves. */
export const PROTOCOLS = ["loso", "cde", "fewshot", "noise", "ablation", "lambda", "steps"] as const;

/** A protocol that trains inside itself. */
export type Protocol = typeof PROTOCOLS[number];

/** One training on one split, with its evaluations: what is run in parallel, cached and resumed. */
export interface Unit {
  readonly config: Config;
  readonly split: SubjectSplit;
  readonly evaluations: readonly EvaluateOptions[];
  /** Clips are corrupted before anything else; the share and the kind of corruption. */
  readonly corruption?: Corruption;
}

/** Corruption of a share of all clips (paper 5.3). */
export interface Corruption {
  /** P1 random mask, P2 regional Gaussian noise, P3 grayscale. */
  readonly kind: "mask" | "noise" | "grayscale";
  /** Share of the clips, 0 to 1. */
  readonly share: number;
}

/** What a unit gave: predictions, or why there are none. */
export type UnitResult = SplitResult | { readonly failed: string };

/** One line of a protocol's table: some units, pooled. */
export interface StudyRow {
  readonly name: string;
  /** Indices into the plan's units, by run: `[runs][folds]`. */
  readonly runs: readonly (readonly number[])[];
  /** Which evaluation of each unit this row reads. */
  readonly evaluation: number;
  /** K, calibration clips a class; 0: none, so that before and after are the same. */
  readonly shots: number;
  /** Where a plot puts the row: λ1, inner steps, share of corrupted clips. */
  readonly x?: number;
  /** Rows of one series are joined in a plot. */
  readonly series?: string;
  /** The row is compared with the first of its group and as many shots. @default {one group} */
  readonly group?: string;
}

/** All that a protocol runs. */
export interface StudyPlan {
  readonly protocol: Protocol;
  /** One sentence: who is held out, what varies. */
  readonly summary: string;
  /** What is evaluated and resampled: random tasks in the classical few-shot protocol. @default {"subjects"} */
  readonly resampled?: "subjects" | "tasks";
  /** N classes, as predictions count them. */
  readonly classes: readonly string[];
  readonly units: readonly Unit[];
  readonly rows: readonly StudyRow[];
  /** What a reader must know: subjects left out, classes that few subjects show. */
  readonly notes: readonly string[];
}
