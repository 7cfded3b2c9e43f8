import type { Value } from "../autodiff/mod.ts";
import type { Architecture } from "../model/mod.ts";

/** The clips of one task on the device. */
export interface TaskClips {
  /** `[B, M, H, W, C]` micro clips and their class indices. */
  readonly support: Value;
  readonly supportLabels: readonly number[];
  /** Absent in calibration and where only θ′ is wanted. */
  readonly query: Value | null;
  readonly queryLabels: readonly number[];
  /** Macro clips for the auxiliary loss, or null. */
  readonly macro: Value | null;
}

/** What the inner step does: method names. */
export interface InnerOptions {
  readonly architecture: Architecture;
  /** α. */
  readonly alpha: number;
  readonly innerSteps: number;
  /** Drop the second-order term (FOMAML). */
  readonly firstOrder: boolean;
  readonly lambda1: number;
  readonly lambda2: number;
  readonly aux: "mmd" | "cross-kernel";
  readonly sigma: number | "median";
  /** Take the softmax of the inner loss over the classes of the support set only. */
  readonly presentOnly?: boolean;
  /** Weight of each class, `[N]`. */
  readonly classWeights?: readonly number[];
}
