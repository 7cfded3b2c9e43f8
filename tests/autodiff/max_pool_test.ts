import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant, gradients, maxPool, variable } from "../../lib/autodiff/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

/** 2×2 windows row by row, and where the gradient goes. */
const WINDOWS: readonly (readonly [number[], number[]])[] = [
  [[1, 1, 1, 1], [1, 0, 0, 0]],
  [[0, 1, 1, 1], [0, 1, 0, 0]],
  [[0, 0, 1, 1], [0, 0, 1, 0]],
  [[0, 0, 0, 1], [0, 0, 0, 1]],
  [[1, 0, 0, 1], [1, 0, 0, 0]],
  [[-2, -1, -3, -1], [0, 1, 0, 0]],
  [[0, -0, 0, 0], [1, 0, 0, 0]],
];

onEachBackend("maxPool() sends the gradient to the first of equal maxima", async () => {
  const n = WINDOWS.length;
  const slope = await withTensorCount(async () => {
    const tensor = tf.tidy(() => {
      const x = variable(tf.tensor4d(WINDOWS.flatMap(([window]) => window), [n, 2, 2, 1]));
      return gradients(maxPool(x), [x], { dy: constant(tf.ones([n, 1, 1, 1])) })[0]!.tensor;
    });
    const data = await tensor.data();
    tensor.dispose();
    return data;
  });
  assertEquals(WINDOWS.map((_, i) => [...slope.slice(4 * i, 4 * i + 4)]), WINDOWS.map(([, where]) => where));
});

onEachBackend("maxPool() sends nothing to an odd last row or column", async () => {
  const slope = tf.tidy(() => {
    const x = variable(tf.tensor4d([1, 2, 9, 3, 4, 9, 9, 9, 9], [1, 3, 3, 1]));
    return gradients(maxPool(x), [x])[0]!.tensor;
  });
  assertEquals([...await slope.data()], [0, 0, 0, 0, 1, 0, 0, 0, 0]);
  slope.dispose();
});
