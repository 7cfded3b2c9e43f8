import type { Tensor } from "@tensorflow/tfjs-core";
import type { Value } from "../autodiff/mod.ts";
import type { Architecture, NormOptions } from "../model/mod.ts";
import type { Tree } from "../tree/mod.ts";

/** The clips of one task on the device, or of T tasks of as many clips one after another. */
export interface TaskClips {
  /** T; they are computed together. @default {1} */
  readonly tasks?: number;
  /** `[T·B, M, H, W, C]` micro clips and their class indices. */
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
  /** What the step moves: all parameters, or those named `head` only (ANIL). Default `all`. */
  readonly innerScope?: "all" | "head";
  /** Take the softmax of the inner loss over the classes of the support set only. */
  readonly presentOnly?: boolean;
  /** Weight of each class, `[N]`. */
  readonly classWeights?: readonly number[];
  /** What support clips are normalised with. @default {their own batch's statistics} */
  readonly supportNorm?: NormOptions;
}

/**
 * What every algorithm gives for one task, as tensors of the surrounding scope; for T tasks together, T such results one after
 * another in each tensor.
 */
export interface TaskGradient {
  /** What an outer step moves θ against, θ's structure. */
  readonly params: Tree<Tensor>;
  /** The gradient with respect to learned inner rates, when there are any (none to first order). */
  readonly rates: Tree<Tensor> | null;
  /** The loss of the queries, a scalar or `[T]`, and their logits `[T·B, N]`. */
  readonly queryLoss: Tensor;
  readonly queryLogits: Tensor;
}
