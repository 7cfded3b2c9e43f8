import type { Tensor } from "@tensorflow/tfjs-core";

/** Tensors of a reference file by name, and its JSON description of every case. */
export interface GoldenFile {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One line of the table: a case, and its worst errors. */
export interface VerifyRow {
  readonly case: string;
  /** Worst error of each kind of tensor: value, vjp, hvp; adapted, gradient, logits. */
  readonly errors: Readonly<Record<string, number>>;
  /** The largest of all, and the tensor it belongs to. Infinity when something is no number or throws. */
  readonly worst: number;
  readonly where: string;
  /** Why it could not be computed, if so. */
  readonly failure?: string;
}

/** Largest error that passes, on every backend (golden/README.md). */
export const TOLERANCE = 1e-4;

/** Computes y, its VJPs and the second-order terms of one case. */
export type OpEvaluator = (
  name: string,
  inputs: readonly Tensor[],
  cotangent: Tensor,
  directions: readonly Tensor[],
  about: Readonly<Record<string, unknown>>,
) => { readonly y: Tensor; readonly vjp: readonly Tensor[]; readonly hvp: readonly Tensor[] };
