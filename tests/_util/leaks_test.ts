import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { withTensorCount } from "./leaks.ts";

Deno.test("withTensorCount() fails on a leak and passes what is kept on purpose", async () => {
  await chooseBackend("cpu");
  const leaked: tf.Tensor[] = [];
  await assertRejects(() => withTensorCount(() => void leaked.push(tf.scalar(1))), Error, "tensors left alive");
  assertEquals(await withTensorCount(() => leaked.push(tf.scalar(2)), 1), 2);
  tf.dispose(leaked);
});
