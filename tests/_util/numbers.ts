import * as tf from "@tensorflow/tfjs-core";
import { createRandom } from "../../lib/random/mod.ts";

/** Numbers of a named stream: standard normal unless `draw` says otherwise. */
export function numbers(count: number, name: string, draw: "normal" | "unit" = "normal"): Float32Array {
  const random = createRandom(0, "test", name);
  return Float32Array.from({ length: count }, () => draw === "normal" ? random.normal() : random.range(-1, 1));
}

/** A tensor of {@linkcode numbers}. */
export function numbersTensor(shape: number[], name: string, draw: "normal" | "unit" = "normal"): tf.Tensor {
  return tf.tensor(numbers(shape.reduce((a, b) => a * b, 1), name, draw), shape);
}

/** Σ a·b in float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** ‖a − b‖ / max(‖b‖, floor), NaN where the lengths differ or a number is none. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>, floor = 1e-12): number {
  if (a.length !== b.length) return NaN;
  const difference = Float64Array.from(b, (value, i) => a[i]! - value);
  return Math.sqrt(dot(difference, difference)) / Math.max(Math.sqrt(dot(b, b)), floor);
}

/**
 * df/dt at 0 by the five-point stencil: its error is of order h⁴, so that a step wide enough for float32 is still exact
 * to some 1e-6 on smooth functions.
 */
export async function derivativeAtZero(f: (t: number) => Promise<number> | number, h: number): Promise<number> {
  const at = async (t: number) => await f(t);
  return (8 * (await at(h) - await at(-h)) - (await at(2 * h) - await at(-2 * h))) / (12 * h);
}
