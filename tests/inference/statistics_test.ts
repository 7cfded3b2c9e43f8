import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { nameStatistics, type Statistics, statisticsValues, toStored, toTensors } from "../../lib/inference/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";

const ROWS = [1, 2, 3, 4].map((i) => ({ channels: 2, data: Float32Array.of(i, -i, 10 * i, 20 * i) }));

Deno.test("nameStatistics() splits mean and variance, and statisticsValues() joins them again", async () => {
  await chooseBackend("cpu");
  const named = nameStatistics(ROWS);
  assertEquals(named.conv2, {
    mean: { dtype: "F32", shape: [2], data: Float32Array.of(2, -2) },
    variance: { dtype: "F32", shape: [2], data: Float32Array.of(20, 40) },
  });
  await withTensorCount(() =>
    tf.tidy(() => {
      const values = statisticsValues(named);
      assertEquals(
        values.map(({ tensor }) => [tensor.shape, tensor.dataSync()]),
        ROWS.map(({ data }) => [[2, 2], data]),
      );
      assertEquals(values.some(({ requiresGrad }) => requiresGrad), false);
    })
  );
});

Deno.test("nameStatistics() refuses another number of layers, and a layer of another width", () => {
  assertThrows(
    () => nameStatistics(ROWS.slice(1)),
    TypeError,
    "Cannot name statistics: expected the 4 layers of conv4, got 3",
  );
  const wrong = ROWS.map((row, i) => i === 2 ? { ...row, channels: 3 } : row);
  assertThrows(() => nameStatistics(wrong), TypeError, "Cannot name statistics: conv3 is not [2, 3]");
});

Deno.test("statisticsValues() names the layer that is missing", async () => {
  await chooseBackend("cpu");
  const { conv3: _gone, ...rest } = nameStatistics(ROWS);
  tf.tidy(() => {
    assertThrows(
      () => statisticsValues(rest as Statistics),
      TypeError,
      "Cannot normalise: the weights have no statistics of conv3",
    );
  });
});

Deno.test("toTensors() and toStored() are each other's inverse, to the bit", async () => {
  await chooseBackend("wasm");
  const stored = {
    head: { w: { dtype: "F32", shape: [2, 2], data: Float32Array.of(1e-30, -0, 3.4e38, 0.1) } },
    rate: { dtype: "F32", shape: [], data: Float32Array.of(5) },
  } as const;
  await withTensorCount(async () => {
    const tensors = toTensors(stored);
    assertEquals(await toStored(tensors), stored);
    tf.dispose(tensors as unknown as tf.TensorContainer);
  });
});
