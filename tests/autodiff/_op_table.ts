import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  addBias,
  affine,
  avgPool,
  broadcastTo,
  channelDots,
  channelMoments,
  concat,
  conv2d,
  convFilter,
  dilate,
  exp,
  flipTranspose,
  logSoftmax,
  matMul,
  maxPool,
  meanOver,
  mul,
  pad,
  relu,
  reshape,
  rsqrt,
  scale,
  sigmoid,
  slice,
  sub,
  subsample,
  sumByTask,
  sumTo,
  tanh,
  temporalConv,
  transpose,
  upsampleBilinear,
  upsampleNearest,
  type Value,
} from "../../lib/autodiff/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { numbers } from "../_util/numbers.ts";

/** One use of an op. */
export interface OpRow {
  readonly inputs: readonly number[][];
  readonly f: (...xs: Value[]) => Value;
  /** The result's shape. */
  readonly shape: number[];
  /** Inputs away from where the op has no derivative; default standard normal. */
  readonly draw?: (shape: number[], name: string) => Float32Array;
}

const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

/** In [0.5, 1.5]: where a root and its inverse are smooth. */
const positive = (shape: number[], name: string) => numbers(size(shape), name, "unit").map((x) => 1 + x / 2);
/** At least 0.3 from zero. */
const awayFromZero = (shape: number[], name: string) =>
  numbers(size(shape), name, "unit").map((x) => x + 0.3 * Math.sign(x));
/** Neighbours in order 0.25 apart, so that no step in the table changes which one is largest. */
const apart = (shape: number[], name: string) =>
  Float32Array.from(createRandom(0, "test", name).shuffle(Array.from({ length: size(shape) }, (_, i) => i / 4 - 2)));

/** Every op, by name; a second use of one stands behind a slash. */
export const OP_TABLE: Readonly<Record<string, OpRow>> = {
  "add": { inputs: [[2, 3], [2, 3]], f: add, shape: [2, 3] },
  "add/broadcast": { inputs: [[2, 3, 4], [3, 1]], f: add, shape: [2, 3, 4] },
  "addBias": { inputs: [[2, 3, 4], [4]], f: addBias, shape: [2, 3, 4] },
  "addBias/two tasks": { inputs: [[4, 3, 4], [8]], f: addBias, shape: [4, 3, 4] },
  "affine": { inputs: [[2, 3, 2, 4], [4], [4]], f: (x, a, b) => affine(x!, a!, b!), shape: [2, 3, 2, 4] },
  "affine/no shift": { inputs: [[5, 4], [4]], f: (x, a) => affine(x!, a!, null), shape: [5, 4] },
  "affine/rank 3": { inputs: [[2, 3, 4], [4], [4]], f: (x, a, b) => affine(x!, a!, b!), shape: [2, 3, 4] },
  "affine/two tasks": { inputs: [[4, 2, 3, 4], [8], [8]], f: (x, a, b) => affine(x!, a!, b!), shape: [4, 2, 3, 4] },
  "affine/two tasks, no shift": { inputs: [[2, 3, 2], [4]], f: (x, a) => affine(x!, a!, null), shape: [2, 3, 2] },
  "avgPool": { inputs: [[2, 4, 6, 2]], f: avgPool, shape: [2, 2, 3, 2] },
  "avgPool/odd": { inputs: [[1, 5, 3, 2]], f: avgPool, shape: [1, 2, 1, 2] },
  "broadcastTo": { inputs: [[3, 1]], f: (x) => broadcastTo(x!, [2, 3, 4]), shape: [2, 3, 4] },
  "channelDots": { inputs: [[2, 3, 2, 4], [2, 3, 2, 4]], f: (g, x) => channelDots(g!, x!), shape: [2, 4] },
  "channelDots/two tasks": {
    inputs: [[4, 3, 2, 4], [4, 3, 2, 4]],
    f: (g, x) => channelDots(g!, x!, 2),
    shape: [2, 8],
  },
  "channelMoments": { inputs: [[2, 3, 2, 4]], f: (x) => channelMoments(x!), shape: [2, 4] },
  "channelMoments/two tasks": { inputs: [[4, 3, 2, 4]], f: (x) => channelMoments(x!, 2), shape: [2, 8] },
  "concat": { inputs: [[2, 1, 3], [2, 2, 3], [2, 1, 3]], f: (...xs) => concat(xs, 1), shape: [2, 4, 3] },
  "conv2d": { inputs: [[2, 4, 5, 2], [3, 3, 2, 3]], f: (x, w) => conv2d(x!, w!), shape: [2, 4, 5, 3] },
  "conv2d/1×1": { inputs: [[2, 3, 3, 2], [1, 1, 2, 3]], f: (x, w) => conv2d(x!, w!), shape: [2, 3, 3, 3] },
  "conv2d/own kernels": { inputs: [[2, 4, 6, 8], [3, 3, 8, 8]], f: (x, w) => conv2d(x!, w!), shape: [2, 4, 6, 8] },
  "conv2d/own kernels, few channels": {
    inputs: [[2, 3, 4, 3], [3, 3, 3, 8]],
    f: (x, w) => conv2d(x!, w!),
    shape: [2, 3, 4, 8],
  },
  "conv2d/uneven padding": {
    inputs: [[1, 4, 4, 2], [2, 3, 2, 2]],
    f: (x, w) => conv2d(x!, w!, { padding: [[1, 0], [0, 2]] }),
    shape: [1, 4, 4, 2],
  },
  "conv2d/stride 2, odd": {
    inputs: [[2, 5, 5, 2], [3, 3, 2, 2]],
    f: (x, w) => conv2d(x!, w!, { stride: 2 }),
    shape: [2, 3, 3, 2],
  },
  "conv2d/stride 2, even": {
    inputs: [[1, 6, 4, 2], [3, 3, 2, 2]],
    f: (x, w) => conv2d(x!, w!, { stride: 2, padding: [[1, 1], [1, 1]] }),
    shape: [1, 3, 2, 2],
  },
  "conv2d/two tasks": {
    inputs: [[4, 4, 5, 2], [2, 3, 3, 2, 3]],
    f: (x, w) => conv2d(x!, w!),
    shape: [4, 4, 5, 3],
  },
  "conv2d/two tasks, stride 2, uneven padding": {
    inputs: [[2, 5, 4, 2], [2, 2, 3, 2, 2]],
    f: (x, w) => conv2d(x!, w!, { stride: 2, padding: [[1, 0], [0, 2]] }),
    shape: [2, 3, 2, 2],
  },
  "convFilter": {
    inputs: [[2, 4, 5, 2], [2, 4, 5, 3]],
    f: (x, dy) => convFilter(x!, dy!, [3, 3], [[1, 1], [1, 1]]),
    shape: [3, 3, 2, 3],
  },
  "convFilter/one channel, no padding": {
    inputs: [[3, 4, 4, 1], [3, 3, 2, 2]],
    f: (x, dy) => convFilter(x!, dy!, [2, 3], [[0, 0], [0, 0]]),
    shape: [2, 3, 1, 2],
  },
  "convFilter/two tasks": {
    inputs: [[4, 4, 5, 2], [4, 4, 5, 3]],
    f: (x, dy) => convFilter(x!, dy!, [3, 3], [[1, 1], [1, 1]], 2),
    shape: [2, 3, 3, 2, 3],
  },
  "dilate": { inputs: [[2, 2, 3, 2]], f: (x) => dilate(x!, 2, [3, 6]), shape: [2, 3, 6, 2] },
  "dilate/3": { inputs: [[1, 2, 2, 2]], f: (x) => dilate(x!, 3, [6, 4]), shape: [1, 6, 4, 2] },
  "exp": { inputs: [[2, 3]], f: exp, shape: [2, 3] },
  "flipTranspose": { inputs: [[3, 2, 2, 4]], f: flipTranspose, shape: [3, 2, 4, 2] },
  "flipTranspose/two tasks": { inputs: [[2, 3, 2, 2, 4]], f: flipTranspose, shape: [2, 3, 2, 4, 2] },
  "logSoftmax": { inputs: [[3, 4]], f: logSoftmax, shape: [3, 4] },
  "matMul": { inputs: [[2, 3], [3, 4]], f: matMul, shape: [2, 4] },
  "matMul/two tasks": { inputs: [[2, 2, 3], [2, 3, 4]], f: matMul, shape: [2, 2, 4] },
  "maxPool/own kernels": { inputs: [[2, 3, 5, 4]], f: maxPool, shape: [2, 1, 2, 4], draw: apart },
  "maxPool": { inputs: [[2, 4, 6, 2]], f: maxPool, shape: [2, 2, 3, 2], draw: apart },
  "maxPool/odd": { inputs: [[1, 5, 3, 2]], f: maxPool, shape: [1, 2, 1, 2], draw: apart },
  "meanOver": { inputs: [[2, 3, 4, 2]], f: (x) => meanOver(x!, [3, 4]), shape: [2, 1, 1, 2] },
  "meanOver/columns": { inputs: [[2, 3, 4, 2]], f: (x) => meanOver(x!, [3, 1]), shape: [2, 1, 4, 2] },
  "meanOver/one": { inputs: [[2, 1, 1, 2]], f: (x) => meanOver(x!, [1, 1]), shape: [2, 1, 1, 2] },
  "mul": { inputs: [[2, 3], [2, 3]], f: mul, shape: [2, 3] },
  "mul/broadcast": { inputs: [[2, 3, 4], [3, 1]], f: mul, shape: [2, 3, 4] },
  "mul/square": { inputs: [[2, 3]], f: (x) => mul(x!, x!), shape: [2, 3] },
  "pad": { inputs: [[2, 3, 1, 2]], f: (x) => pad(x!, [[0, 1], [2, 0], [1, 1], [0, 0]]), shape: [3, 5, 3, 2] },
  "relu": { inputs: [[4, 5]], f: relu, shape: [4, 5], draw: awayFromZero },
  "reshape": { inputs: [[2, 3, 4]], f: (x) => reshape(x!, [1, 2, 2, 6, 1]), shape: [1, 2, 2, 6, 1] },
  "rsqrt": { inputs: [[2, 3]], f: rsqrt, shape: [2, 3], draw: positive },
  "scale": { inputs: [[2, 3]], f: (x) => scale(x!, -2.5), shape: [2, 3] },
  "sigmoid": { inputs: [[2, 3]], f: sigmoid, shape: [2, 3] },
  "slice": { inputs: [[2, 3, 4, 2]], f: (x) => slice(x!, [1, 0, 1, 0], [1, 2, 2, 2]), shape: [1, 2, 2, 2] },
  "sub": { inputs: [[2, 3], [2, 3]], f: sub, shape: [2, 3] },
  "sub/broadcast": { inputs: [[4, 1], [2, 1, 3]], f: sub, shape: [2, 4, 3] },
  "subsample": { inputs: [[2, 5, 4, 2]], f: (x) => subsample(x!, 2), shape: [2, 3, 2, 2] },
  "sumByTask": { inputs: [[2, 3]], f: (x) => sumByTask(x!, 1), shape: [] },
  "sumByTask/two tasks": { inputs: [[4, 3]], f: (x) => sumByTask(x!, 2), shape: [2] },
  "sumTo": { inputs: [[2, 3, 4]], f: (x) => sumTo(x!, [3, 4]), shape: [3, 4] },
  "sumTo/unit axes": { inputs: [[2, 3, 4]], f: (x) => sumTo(x!, [1, 3, 1]), shape: [1, 3, 1] },
  "sumTo/lead and unit axes": { inputs: [[2, 3, 4]], f: (x) => sumTo(x!, [3, 1]), shape: [3, 1] },
  "sumTo/all": { inputs: [[2, 3]], f: (x) => sumTo(x!, []), shape: [] },
  "tanh": { inputs: [[2, 3]], f: tanh, shape: [2, 3] },
  "temporalConv": {
    inputs: [[2, 4, 3, 2, 2], [3, 3, 3, 2, 2]],
    f: (x, w) => temporalConv(x!, w!),
    shape: [2, 2, 3, 2, 2],
  },
  "temporalConv/padding in time": {
    inputs: [[1, 3, 2, 2, 2], [3, 1, 1, 2, 1]],
    f: (x, w) => temporalConv(x!, w!, [1, 2]),
    shape: [4, 1, 2, 2, 1],
  },
  "temporalConv/two tasks": {
    inputs: [[4, 3, 2, 2, 2], [2, 2, 3, 3, 2, 2]],
    f: (x, w) => temporalConv(x!, w!),
    shape: [4, 2, 2, 2, 2],
  },
  "transpose": { inputs: [[2, 3, 4, 2]], f: (x) => transpose(x!, [2, 0, 3, 1]), shape: [4, 2, 2, 3] },
  "upsampleBilinear": { inputs: [[2, 2, 3, 2]], f: upsampleBilinear, shape: [2, 4, 6, 2] },
  "upsampleNearest": { inputs: [[2, 2, 3, 2]], f: upsampleNearest, shape: [2, 4, 6, 2] },
};

/** The first inputs of a row. */
export function drawInputs(name: string, { inputs, draw }: OpRow): Float32Array[] {
  return inputs.map((shape, i) => draw ? draw(shape, `${name} ${i}`) : numbers(size(shape), `${name} ${i}`));
}

/** Uploads arrays in the row's shapes. */
export function upload(arrays: readonly Float32Array[], shapes: readonly number[][]): tf.Tensor[] {
  return arrays.map((array, i) => tf.tensor(array, shapes[i]!));
}
