import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { concat, constant, matMul, pad, slice } from "../../../lib/autodiff/mod.ts";
import { onEachBackend } from "../../_util/on_each_backend.ts";

onEachBackend("what lies outside of a tensor, or does not fit to another, is refused", () => {
  tf.tidy(() => {
    const of = (...shape: number[]) => constant(tf.ones(shape));
    const wrong: Record<string, () => unknown> = {
      "a slice beyond the end": () => slice(of(2, 3), [1, 0], [4, 3]),
      "tensors of two widths, one below the other": () => concat([of(2, 3), of(2, 4)], 0),
      "tensors of two heights, side by side": () => concat([of(2, 3), of(4, 3)], 1),
      "a product of sizes that differ": () => matMul(of(2, 3), of(4, 5)),
      "a border of another rank": () => pad(of(2, 3), [[1, 1]]),
    };
    for (const [what, work] of Object.entries(wrong)) assertThrows(work, Error, undefined, what);
    const whole = constant(tf.tensor2d([1, 2], [1, 2], "int32"));
    assertEquals([...concat([whole, whole], 0).tensor.dataSync()], [1, 2, 1, 2]);
    assertEquals([...slice(whole, [0, 1], [1, 1]).tensor.dataSync()], [2]);
  });
});
