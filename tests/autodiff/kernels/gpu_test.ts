import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import {
  affineKernel,
  biasKernel,
  broadcastKernel,
  channelDotsKernel,
  channelMomentsKernel,
  conv2dKernel,
  convFilterKernel,
  gateKernel,
  leadingSumKernel,
  poolKernel,
  repoolKernel,
  scaleKernel,
  unpoolKernel,
} from "../../../lib/autodiff/kernels/mod.ts";
import { chooseBackend } from "../../../lib/runtime/mod.ts";
import { withTensorCount } from "../../_util/leaks.ts";
import { numbers, relativeError } from "../../_util/numbers.ts";
import { onEachBackend } from "../../_util/on_each_backend.ts";

type Case = readonly [shapes: readonly number[][], kernel: (...inputs: tf.Tensor[]) => tf.Tensor];

const SAME = [[1, 1], [1, 1]] as const;
const NONE = [[0, 0], [0, 0]] as const;

/**
 * Sizes at which a program cuts its work: several tiles of rows and columns, several steps of products, rows in several pieces of
 * which the last is smaller, more channels than a workgroup has threads for. Neither size divides what it is cut into; where channels
 * are a multiple of four, programs take four at a time. Convolutions of many tasks have large tiles.
 */
const CASES: Readonly<Record<string, Case>> = {
  "convolution": [[[2, 9, 11, 35], [2, 3, 3, 35, 37]], (x, w) => conv2dKernel(x!, w!, 1, SAME)],
  "convolution, stride 2": [[[4, 9, 11, 3], [2, 3, 3, 3, 5]], (x, w) => conv2dKernel(x!, w!, 2, SAME)],
  "convolution of many": [[[520, 3, 3, 4], [520, 3, 3, 4, 68]], (x, w) => conv2dKernel(x!, w!, 1, SAME)],
  "convolution of many into few": [[[520, 3, 3, 8], [520, 1, 1, 8, 12]], (x, w) => conv2dKernel(x!, w!, 1, NONE)],
  "convolution of some": [[[260, 5, 5, 4], [260, 1, 1, 4, 40]], (x, w) => conv2dKernel(x!, w!, 1, NONE)],
  "convolution of one task": [[[3, 9, 11, 20], [3, 3, 20, 36]], (x, w) => conv2dKernel(x!, w!, 1, SAME)],
  "convolution, all by four": [[[6, 9, 11, 36], [2, 3, 3, 36, 24]], (x, w) => conv2dKernel(x!, w!, 1, SAME)],
  "filter gradient, all by four": [
    [[4, 23, 29, 12], [4, 23, 29, 24]],
    (x, dy) => convFilterKernel(x!, dy!, [3, 3], SAME, 2),
  ],
  "filter gradient of many columns": [
    [[4, 13, 9, 20], [4, 13, 9, 72]],
    (x, dy) => convFilterKernel(x!, dy!, [3, 3], SAME, 2),
  ],
  "filter gradient": [[[4, 23, 29, 9], [4, 23, 29, 35]], (x, dy) => convFilterKernel(x!, dy!, [3, 3], SAME, 2)],
  "filter gradient of one task": [
    [[3, 23, 29, 3], [3, 23, 29, 8]],
    (x, dy) => convFilterKernel(x!, dy!, [3, 3], SAME, 1),
  ],
  "moments": [[[6, 17, 13, 35]], (x) => channelMomentsKernel(x!, 2)],
  "moments of few channels": [[[6, 17, 13, 5]], (x) => channelMomentsKernel(x!, 1)],
  "moments far from zero": [[[4, 17, 19, 12]], (x) => channelMomentsKernel(tf.add(x!, 100), 2)],
  "products": [[[6, 17, 13, 35], [6, 17, 13, 35]], (g, x) => channelDotsKernel(g!, x!, 2)],
  "sums": [[[6, 17, 13, 35]], (x) => leadingSumKernel(x!, [35], 3)],
  "affine": [[[6, 5, 3, 35], [105], [105]], (x, a, b) => affineKernel(x!, a!, b!)],
  "broadcast": [[[3, 1, 5]], (x) => broadcastKernel(x!, [2, 3, 70, 5])],
  "moments by four": [[[6, 37, 43, 36]], (x) => channelMomentsKernel(x!, 2)],
  "products by four": [[[6, 37, 43, 36], [6, 37, 43, 36]], (g, x) => channelDotsKernel(g!, x!, 2)],
  "sums by four": [[[6, 37, 43, 8]], (x) => leadingSumKernel(x!, [8], 3)],
  "affine by four": [[[6, 5, 3, 12], [36], [36]], (x, a, b) => affineKernel(x!, a!, b!)],
  "factors by four": [[[6, 5, 3, 12], [36]], (x, a) => affineKernel(x!, a!, null)],
  "bias": [[[6, 5, 3, 5], [15]], (x, b) => biasKernel(x!, b!)],
  "bias by four": [[[6, 5, 3, 12], [36]], (x, b) => biasKernel(x!, b!)],
  "broadcast by four": [[[3, 1, 8]], (x) => broadcastKernel(x!, [2, 3, 70, 8])],
  "broadcast of single numbers": [[[3, 7, 1]], (x) => broadcastKernel(x!, [2, 3, 7, 8])],
  "gate": [[[3, 5, 7], [3, 5, 7]], (x, y) => gateKernel(x!, y!)],
  "gate by four": [[[3, 5, 8], [3, 5, 8]], (x, y) => gateKernel(x!, y!)],
  "scale": [[[3, 5, 7]], (x) => scaleKernel(x!, 0.3)],
  "scale by four": [[[3, 5, 8]], (x) => scaleKernel(x!, 0.3)],
  "unpooling by four": [[[3, 9, 7, 8], [3, 4, 3, 8]], (x, dy) => unpoolKernel(dy!, poolKernel(x!, true).route!)],
  "pooling again": [[[3, 9, 7, 5]], (x) => repoolKernel(x!, poolKernel(x!, true).route!)],
  "pooling again by four": [[[3, 9, 7, 8]], (x) => repoolKernel(x!, poolKernel(x!, true).route!)],
  "unpooling": [[[3, 9, 7, 5], [3, 4, 3, 5]], (x, dy) => unpoolKernel(dy!, poolKernel(x!, true).route!)],
};

async function run([shapes, kernel]: Case, name: string): Promise<Float32Array> {
  return await withTensorCount(async () => {
    const result = tf.tidy(() =>
      kernel(...shapes.map((shape, i) => tf.tensor(numbers(shape.reduce((a, b) => a * b, 1), `${name} ${i}`), shape)))
    );
    const values = await result.data() as Float32Array;
    result.dispose();
    return values;
  });
}

onEachBackend("kernels of several tasks give what cpu gives, at sizes that are cut into pieces", async (backend) => {
  for (const [name, one] of Object.entries(CASES)) {
    await chooseBackend("cpu");
    const reference = await run(one, name);
    await chooseBackend(backend);
    const error = relativeError(await run(one, name), reference);
    assert(error < 2e-6, `${name}: error ${error}`);
  }
}, ["webgpu"]);
