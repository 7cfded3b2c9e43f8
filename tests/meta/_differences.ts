import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { metaGradient } from "../../lib/meta/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { derivativeAtZero, dot, numbers } from "../_util/numbers.ts";

export type Arrays = Map<string, Float32Array>;

/** Half a stencil's step; its half is the check that nothing was crossed. */
const STEP = 2e-3;
/** Of differences, relative to the gradient's norm: float32 losses leave some 2e-5, a wrong term shows as 1e-2 or more. */
export const DIFFERENCE_TOLERANCE = 2e-4;

async function arraysOf(tensors: Tree<tf.Tensor>): Promise<Arrays> {
  return new Map(
    await Promise.all(
      flattenTree(tensors).map(async ([path, tensor]) => [path, await tensor.data() as Float32Array] as const),
    ),
  );
}

export const normOf = (arrays: Arrays) =>
  Math.sqrt([...arrays.values()].reduce((sum, array) => sum + dot(array, array), 0));

/** A direction of norm 1. */
export function unit(arrays: Arrays): Arrays {
  const norm = normOf(arrays);
  return new Map([...arrays].map(([path, array]) => [path, array.map((value) => value / norm)]));
}

export const along = (a: Arrays, b: Arrays) => [...a].reduce((sum, [path, array]) => sum + dot(array, b.get(path)!), 0);

/** The gradients of a task, copied off the device. */
export async function slopesOf(
  ...args: Parameters<typeof metaGradient>
): Promise<{ params: Arrays; rates: Arrays | null }> {
  const { params, rates } = tf.tidy(() => {
    const result = metaGradient(...args);
    return { params: result.params, rates: result.rates } as unknown as tf.TensorContainerObject;
  }) as unknown as { params: Tree<tf.Tensor>; rates: Tree<tf.Tensor> | null };
  const out = { params: await arraysOf(params), rates: rates && await arraysOf(rates) };
  mapTree(params, (tensor) => tensor.dispose());
  if (rates) mapTree(rates, (tensor) => tensor.dispose());
  return out;
}

/** d loss(at + t·direction) / dt by differences, at two step sizes that must agree. */
export async function difference(
  at: Tree<tf.Tensor>,
  direction: Arrays,
  loss: (moved: Tree<tf.Tensor>) => number,
  scale: number,
): Promise<number> {
  const f = (t: number) =>
    tf.tidy(() =>
      loss(mapTree(at, (tensor, path) => tf.add(tensor, tf.mul(t, tf.tensor(direction.get(path)!, tensor.shape)))))
    );
  const [wide, narrow] = [await derivativeAtZero(f, STEP), await derivativeAtZero(f, STEP / 2)];
  assert(
    Math.abs(wide - narrow) < DIFFERENCE_TOLERANCE * scale,
    `a ReLU or pool branch flips within the step: differences ${wide} and ${narrow}; choose another seed`,
  );
  return narrow;
}

export const randomDirection = (like: Arrays, name: string) =>
  unit(new Map([...like].map(([path, array]) => [path, numbers(array.length, `${name} ${path}`)])));
