import { addBias, conv2d, matMul, relu, reshape, type Value } from "../autodiff/mod.ts";
import type { Tree } from "../tree/mod.ts";

/** The parameters of one layer, by name. */
export function layer(params: Tree<Value>, ...path: string[]): Record<string, Value> {
  let node: Tree<Value> = params;
  for (const name of path) node = node[name] as Tree<Value>;
  return node as Record<string, Value>;
}

/** Same convolution with bias, then ReLU unless told otherwise. `[B, H, W, C]` → `[B, H, W, F]`. */
export function convLayer(x: Value, { w, b }: Record<string, Value>, activate = true): Value {
  const y = addBias(conv2d(x, w!), b!);
  return activate ? relu(y) : y;
}

/** x w + b. `[B, F]` → `[B, N]`; of T tasks `[T·B, F]` → `[T·B, N]` with w `[T, F, N]`. */
export function denseLayer(x: Value, { w, b }: Record<string, Value>): Value {
  if (w!.tensor.rank === 2) return addBias(matMul(x, w!), b!);
  const [tasks, f, n] = w!.tensor.shape as [number, number, number];
  const rows = x.tensor.shape[0]!;
  return addBias(reshape(matMul(reshape(x, [tasks, rows / tasks, f]), w!), [rows, n]), b!);
}

/** Drops unit axes: `[B, 1, 1, C]` → `[B, C]`. */
export function squeezeMap(x: Value): Value {
  return reshape(x, [x.tensor.shape[0]!, x.tensor.shape[3]!]);
}

/** T: how many tasks' vectors of as many channels as x has lie one after another in a parameter `[T·C]`. */
export function tasksOf(vector: Value, x: Value): number {
  return vector.tensor.size / x.tensor.shape[x.tensor.rank - 1]!;
}
