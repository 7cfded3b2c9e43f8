import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../lib/autodiff/mod.ts";
import { metaGradient } from "../../lib/meta/mod.ts";
import { computeOnce, countGpuWork, createComputer } from "../../lib/runtime/mod.ts";
import { flattenTree, unflattenTree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { SMALL, smoothClips, trainedParams } from "../_util/network.ts";
import { numbers } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { metaOptions } from "../meta/_task.ts";

/** An array of its own numbers. */
const input = (shape: readonly number[], name: string) => ({
  shape,
  data: numbers(shape.reduce((a, b) => a * b, 1), name),
});

/** Works on inputs small enough for tfjs to compute with on the host, on constants, and on what is freed on the way. */
function mixed([a, b]: readonly tf.Tensor[]): tf.Tensor[] {
  const sum = tf.add(a!, tf.tensor1d([1, 2, 3]));
  const rows = tf.tidy(() => tf.mul(tf.add(b!, tf.ones([40, 3])), sum));
  return [tf.sum(rows, 0), tf.square(sum), tf.tensor1d([7])];
}

onEachBackend("a computer gives at any time what a single computation gives", async () => {
  const computer = createComputer();
  await withTensorCount(async () => {
    for (let time = 0; time < 4; time++) {
      const inputs = [input([3], `a ${time}`), input([40, 3], `b ${time}`)];
      assertEquals(
        await computer.compute("mixed", inputs, mixed),
        await computeOnce("", inputs, mixed),
        `time ${time}`,
      );
    }
  });
  computer.close();
});

onEachBackend("a meta-gradient that is replayed has the bits of one that is not", async () => {
  const theta = trainedParams(SMALL);
  const leaves = flattenTree(theta);
  const clips = constant(smoothClips(3, SMALL, 16, "replayed"));
  const task = { support: clips, supportLabels: [0, 1, 2], query: clips, queryLabels: [0, 1, 2], macro: clips };
  const gradient = (tensors: readonly tf.Tensor[]) => {
    const params = unflattenTree(leaves.map(([path], i): [string, tf.Tensor] => [path, tensors[i]!]));
    return flattenTree(metaGradient(params, task, metaOptions(SMALL)).params).map(([, tensor]) => tensor);
  };
  const inputs = async (factor: number) =>
    await Promise.all(leaves.map(async ([, tensor]) => ({
      shape: tensor.shape,
      data: (await tensor.data() as Float32Array).map((value) => factor * value),
    })));
  const computer = createComputer();
  await computer.compute("meta", await inputs(1), gradient);
  await computer.compute("meta", await inputs(1), gradient);
  const other = await inputs(1.25);
  const counter = countGpuWork();
  const replayed = await computer.compute("meta", other, gradient);
  const { dispatches, reads, uniformBytes, uploadedBytes } = counter.take();
  counter.stop();
  const parameters = other.reduce((sum, { data }) => sum + data.byteLength, 0);
  assert(dispatches > 500);
  assertEquals([reads, uniformBytes, uploadedBytes], [1, parameters, 0], "only parameters go up");
  assertEquals(replayed, await computeOnce("", other, gradient));
  assertEquals(
    await computer.compute("meta", await inputs(1), gradient),
    await computeOnce("", await inputs(1), gradient),
  );
  computer.close();
  tf.dispose([clips.tensor, ...leaves.map(([, tensor]) => tensor)]);
}, ["webgpu"]);

onEachBackend("recordings do not disturb each other, nor what lives beside them", async () => {
  const computer = createComputer();
  const outside = tf.tensor2d(numbers(120, "outside"), [40, 3]);
  await tf.square(outside).data();
  const scaled = (factor: number) => ([x]: readonly tf.Tensor[]) => [tf.add(tf.mul(x!, factor), outside)];
  for (let time = 0; time < 4; time++) {
    for (const factor of [2, 3]) {
      const x = input([40, 3], `x ${time}`);
      assertEquals(
        await computer.compute(String(factor), [x], scaled(factor)),
        await computeOnce("", [x], scaled(factor)),
      );
    }
  }
  computer.close();
  assertEquals(await outside.data(), numbers(120, "outside"));
  outside.dispose();
});

onEachBackend("what lies on the device is taken from there", async () => {
  const computer = createComputer();
  await withTensorCount(async () => {
    for (let time = 0; time < 4; time++) {
      const here = tf.tensor2d(numbers(120, `here ${time}`), [40, 3]);
      const inputs = [input([3], `a ${time}`), { shape: here.shape, data: here }];
      assertEquals(
        await computer.compute("mixed", inputs, mixed),
        await computeOnce("", inputs, mixed),
        `time ${time}`,
      );
      here.dispose();
    }
  });
  computer.close();
});

onEachBackend("a computation that fails while it is recorded leaves all as it was", async () => {
  const computer = createComputer();
  const x = input([40, 3], "x");
  let fails = false;
  const compute = ([a]: readonly tf.Tensor[]) => {
    const twice = tf.mul(a!, 2);
    if (fails) throw new RangeError("no");
    return [twice];
  };
  await withTensorCount(async () => {
    await computer.compute("fails", [x], compute);
    fails = true;
    await assertRejects(() => computer.compute("fails", [x], compute), RangeError, "no");
    fails = false;
    const twice = x.data.map((value) => 2 * value);
    for (let time = 0; time < 3; time++) assertEquals(await computer.compute("fails", [x], compute), [twice]);
  });
  computer.close();
});

onEachBackend("a computation that the device has no memory to record is done all the same", async () => {
  const { device } = tf.engine().backend as unknown as { device: GPUDevice };
  const create = device.createBuffer;
  let left = 0;
  let refused = 0;
  device.createBuffer = (descriptor) => {
    if (left-- !== 1) return create.call(device, descriptor);
    refused++;
    return create.call(device, { ...descriptor, size: 2 ** 40, mappedAtCreation: false });
  };
  try {
    // The first buffer of a recording, or a later one.
    for (const which of [1, 2, 3, 4]) {
      const computer = createComputer();
      const x = input([40, 3], "x");
      const twice = x.data.map((value) => 2 * value);
      for (let time = 0; time < 4; time++) {
        left = time === 1 ? which : 0;
        assertEquals(await computer.compute("twice", [x], ([a]) => [tf.mul(a!, 2)]), [twice], `${which} ${time}`);
      }
      computer.close();
    }
    assertEquals(refused, 4);
  } finally {
    Reflect.deleteProperty(device, "createBuffer");
  }
}, ["webgpu"]);

onEachBackend("a computer that is closed while it replays ends that with an error, and no other", async () => {
  const computer = createComputer();
  const x = input([400, 300], "x");
  const work = ([a]: readonly tf.Tensor[]) => [tf.square(tf.mul(a!, 2))];
  for (let time = 0; time < 3; time++) await computer.compute("closed", [x], work);
  const under = computer.compute("closed", [x], work);
  computer.close();
  await assertRejects(() => under);
  assertEquals(await computer.compute("closed", [x], work), await computeOnce("", [x], work));
  computer.close();
}, ["webgpu"]);

onEachBackend("recordings hold what they may together, or are one, and are freed", async () => {
  const { device } = tf.engine().backend as unknown as { device: GPUDevice };
  const [create, destroy] = [device.createBuffer, GPUBuffer.prototype.destroy];
  let held = 0;
  device.createBuffer = (descriptor) => {
    held += descriptor.size;
    return create.call(device, descriptor);
  };
  GPUBuffer.prototype.destroy = function () {
    held -= this.size;
    return destroy.call(this);
  };
  const side = 1000;
  const map = 4 * side * side;
  const x = input([4], "x");
  const work = (factor: number) => ([a]: readonly tf.Tensor[]) => [
    tf.max(tf.mul(tf.fill([side, side], factor), tf.slice(a!, [0], [1]))),
  ];
  /** What recordings of so many computations hold, after each came three times. */
  const recorded = async (memory: number, count: number) => {
    const computer = createComputer({ memory });
    for (let factor = 1; factor <= count; factor++) {
      for (let time = 0; time < 3; time++) {
        const [got] = await computer.compute(String(factor), [x], work(factor));
        const expected = factor * x.data[0]!;
        assert(Math.abs(got![0]! - expected) <= 1e-6 * Math.abs(expected));
      }
    }
    const before = held;
    computer.close();
    return before - held;
  };
  try {
    const one = await recorded(1, 1);
    assert(one >= map, "a single one may hold more than it may");
    assertEquals(await recorded(1, 3), one);
    assertEquals(await recorded(2 * one, 3), 2 * one);
    assertEquals(await recorded(9 * one, 3), 3 * one);
  } finally {
    Reflect.deleteProperty(device, "createBuffer");
    GPUBuffer.prototype.destroy = destroy;
  }
}, ["webgpu"]);
