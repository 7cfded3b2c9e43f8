import { add, conv2d, matMul, relu, reshape, type Value } from "../autodiff/mod.ts";
import type { Tree } from "../tree/mod.ts";

/** The parameters of one layer, by name. */
export function layer(params: Tree<Value>, ...path: string[]): Record<string, Value> {
  let node: Tree<Value> = params;
  for (const name of path) node = node[name] as Tree<Value>;
  return node as Record<string, Value>;
}

/** Same convolution with bias, then ReLU unless told otherwise. `[B, H, W, C]` → `[B, H, W, F]`. */
export function convLayer(x: Value, { w, b }: Record<string, Value>, activate = true): Value {
  const y = add(conv2d(x, w!), b!);
  return activate ? relu(y) : y;
}

/** x w + b. `[B, F]` → `[B, N]`. */
export function denseLayer(x: Value, { w, b }: Record<string, Value>): Value {
  return add(matMul(x, w!), b!);
}

/** Drops unit axes: `[B, 1, 1, C]` → `[B, C]`. */
export function squeezeMap(x: Value): Value {
  return reshape(x, [x.tensor.shape[0]!, x.tensor.shape[3]!]);
}
