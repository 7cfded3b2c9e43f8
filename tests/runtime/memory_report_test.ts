import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { chooseBackend, countTensors, memoryReport } from "../../lib/runtime/mod.ts";

Deno.test("memoryReport() and countTensors() follow tensors coming and going", async () => {
  await chooseBackend("cpu");
  const before = memoryReport();
  const t = tf.zeros([10, 10]);
  assertEquals(countTensors(), before.tensors + 1);
  assertEquals(memoryReport().tensorBytes - before.tensorBytes, 400);
  assert(memoryReport().rssBytes > 10_000_000);
  t.dispose();
  assertEquals(countTensors(), before.tensors);
});
