import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../lib/autodiff/mod.ts";
import { metaGradient } from "../../lib/meta/mod.ts";
import { countGpuWork, gpuLimits, readTensors } from "../../lib/runtime/mod.ts";
import { flattenTree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { SMALL, smoothClips, trainedParams } from "../_util/network.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { metaOptions } from "../meta/_task.ts";

onEachBackend("countGpuWork() counts dispatches, programs and bytes until it is stopped", async () => {
  const counter = countGpuWork();
  const large = tf.tidy(() => tf.sqrt(tf.tensor1d(new Float32Array(2000).fill(9))));
  const values = await large.data();
  assertEquals(values[1999], 3);
  const work = counter.take();
  assertEquals([work.dispatches, work.uploadedBytes, work.reads, work.readBytes], [1, 8000, 1, 8000]);
  assert(work.uniformBytes > 0 && work.submits > 0 && work.pipelines <= 1);
  counter.stop();
  tf.tidy(() => void tf.sqrt(tf.tensor1d(new Float32Array(2000).fill(4))));
  assertEquals(counter.take().dispatches, 0);
  large.dispose();
}, ["webgpu"]);

onEachBackend("nothing is read back while a meta-gradient is computed", async () => {
  const theta = trainedParams(SMALL);
  const clips = constant(smoothClips(3, SMALL, 16, "gpu work"));
  const task = { support: clips, supportLabels: [0, 1, 2], query: clips, queryLabels: [0, 1, 2], macro: clips };
  const counter = countGpuWork();
  const step = () =>
    tf.tidy(() => flattenTree(metaGradient(theta, task, metaOptions(SMALL)).params).map(([, tensor]) => tensor));
  tf.dispose(step());
  assert(counter.take().pipelines > 0);
  const slopes = step();
  const { reads, pipelines, dispatches } = counter.take();
  assertEquals([reads, pipelines], [0, 0]);
  assert(dispatches > 500);
  const arrays = await withTensorCount(() => readTensors(slopes));
  const after = counter.take();
  counter.stop();
  assertEquals(after.reads, 1);
  assert(after.dispatches < 10, "joined in a few");
  for (const [i, tensor] of slopes.entries()) assertEquals(arrays[i], await tensor.data());
  tf.dispose([...slopes, clips.tensor, ...flattenTree(theta).map(([, tensor]) => tensor)]);
}, ["webgpu"]);

onEachBackend("gpuLimits() knows the device's buffers", () => {
  const limits = gpuLimits()!;
  assert(limits.buffer >= 2 ** 27 && limits.memory > 1e9);
}, ["webgpu"]);

onEachBackend("readTensors() gives each tensor's elements", async (backend) => {
  assertEquals(gpuLimits() === null, backend !== "webgpu");
  const tensors = [tf.tensor2d([[1, 2], [3, 4]]), tf.scalar(5), tf.zeros([0, 3]), tf.tensor1d([6])];
  const arrays = await withTensorCount(() => readTensors(tensors));
  assertEquals(arrays.map((array) => [...array]), [[1, 2, 3, 4], [5], [], [6]]);
  assertEquals(await readTensors([]), []);
  tf.dispose(tensors);
});
