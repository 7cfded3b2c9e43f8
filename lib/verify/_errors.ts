import type { VerifyRow } from "./types.ts";

function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}

/** A computed tensor beside its reference. */
export interface Compared {
  /** The kind it counts under: value, vjp, hvp, … */
  readonly kind: string;
  readonly name: string;
  readonly got: ArrayLike<number>;
  readonly reference: ArrayLike<number>;
}

/**
 * Errors ‖a − b‖ / max(‖b‖, 1e-2 × the largest reference norm of the case), worst by kind. NaN counts as Infinity.
 */
export function compareCase(name: string, tensors: readonly Compared[]): VerifyRow {
  const floor = 1e-2 * Math.max(...tensors.map((tensor) => norm(tensor.reference)));
  const errors: Record<string, number> = {};
  let worst = -1;
  let where = "";
  for (const { kind, name: tensor, got, reference } of tensors) {
    const difference = Float64Array.from(reference, (value, i) => value - got[i]!);
    const ratio = got.length === reference.length ? norm(difference) / Math.max(norm(reference), floor) : NaN;
    const error = Number.isNaN(ratio) ? Infinity : ratio;
    errors[kind] = Math.max(errors[kind] ?? 0, error);
    if (error > worst) {
      worst = error;
      where = tensor;
    }
  }
  return { case: name, errors, worst, where };
}

/** The row of a case that threw. */
export function failedCase(name: string, error: unknown): VerifyRow {
  const failure = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  return { case: name, errors: {}, worst: Infinity, where: "", failure };
}
