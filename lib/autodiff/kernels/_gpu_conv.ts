import type * as tf from "@tensorflow/tfjs-core";
import type { GpuProgram } from "./_gpu.ts";
import { runOnGpu } from "./_gpu.ts";
import { gpuFold } from "./_gpu_sums.ts";

/** Threads of a workgroup, each with 4×4 results of a tile of 64 rows and 32 columns, in steps of 16 products. */
const THREADS = 128;
const ROWS = 64;
const COLUMNS = 32;
const STEP = 16;

const ints = ["tasks", "n", "h", "w", "c", "oh", "ow", "f", "kh", "kw", "stride", "top", "left"];

/** Which element of x a result's pixel and a filter's element multiply; zero outside. */
const PATCH = `
fn element(task : i32, pixel : i32, k : i32) -> f32 {
  let channel = k % uniforms.c;
  let tap = k / uniforms.c;
  let line = pixel / uniforms.ow;
  let y = line % uniforms.oh * uniforms.stride + tap / uniforms.kw - uniforms.top;
  let x0 = pixel % uniforms.ow * uniforms.stride + tap % uniforms.kw - uniforms.left;
  if (y < 0 || y >= uniforms.h || x0 < 0 || x0 >= uniforms.w) { return 0.0; }
  let clip = task * uniforms.n + line / uniforms.oh;
  return x[((clip * uniforms.h + y) * uniforms.w + x0) * uniforms.c + channel];
}`;

/** The product of two tiles in shared memory, added to what a thread keeps. */
const MULTIPLY = `
    workgroupBarrier();
    for (var k = 0; k < ${STEP}; k++) {
      let at = k * ${COLUMNS} + local % 8 * 4;
      let right = vec4<f32>(rightTile[at], rightTile[at + 1], rightTile[at + 2], rightTile[at + 3]);
      for (var i = 0; i < 4; i++) { sums[i] += leftTile[k * ${ROWS + 1} + local / 8 * 4 + i] * right; }
    }
    workgroupBarrier();`;

const TILES = `
var<workgroup> leftTile : array<f32, ${STEP * (ROWS + 1)}>;
var<workgroup> rightTile : array<f32, ${STEP * COLUMNS}>;`;

/** Product of the patches of each task and its filter: rows are pixels, columns the filter's outputs. */
const CONV: GpuProgram = {
  name: "conv",
  inputs: ["x", "filters"],
  ints,
  threads: THREADS,
  code: `${PATCH}${TILES}
fn main(index : i32) {
  let local = i32(localIndex);
  let group = index / ${THREADS};
  let pixels = uniforms.n * uniforms.oh * uniforms.ow;
  let depth = uniforms.kh * uniforms.kw * uniforms.c;
  let across = (uniforms.f + ${COLUMNS - 1}) / ${COLUMNS};
  let down = (pixels + ${ROWS - 1}) / ${ROWS};
  let column = group % across * ${COLUMNS};
  let row = group / across % down * ${ROWS};
  let task = group / (across * down);
  let inside = task < uniforms.tasks;
  var sums : array<vec4<f32>, 4>;
  for (var begin = 0; begin < depth; begin += ${STEP}) {
    let k = begin + local % ${STEP};
    for (var r = local / ${STEP}; r < ${ROWS}; r += ${THREADS / STEP}) {
      var value = 0.0;
      if (inside && k < depth && row + r < pixels) { value = element(task, row + r, k); }
      leftTile[local % ${STEP} * ${ROWS + 1} + r] = value;
    }
    for (var i = local; i < ${STEP * COLUMNS}; i += ${THREADS}) {
      let source = begin + i / ${COLUMNS};
      let output = column + i % ${COLUMNS};
      var value = 0.0;
      if (inside && source < depth && output < uniforms.f) {
        value = filters[(task * depth + source) * uniforms.f + output];
      }
      rightTile[i] = value;
    }
    ${MULTIPLY}
  }
  for (var i = 0; i < 4; i++) {
    let pixel = row + local / 8 * 4 + i;
    for (var j = 0; j < 4; j++) {
      let output = column + local % 8 * 4 + j;
      if (inside && pixel < pixels && output < uniforms.f) {
        result[(task * pixels + pixel) * uniforms.f + output] = sums[i][j];
      }
    }
  }
}`,
};

/** Product of transposed patches and cotangents of each task: rows are the filter's elements. The pixels come in pieces. */
const FILTER: GpuProgram = {
  name: "conv filter",
  inputs: ["x", "dy"],
  ints: [...ints, "pieces", "steps"],
  threads: THREADS,
  code: `${PATCH}${TILES}
fn main(index : i32) {
  let local = i32(localIndex);
  let group = index / ${THREADS};
  let pixels = uniforms.n * uniforms.oh * uniforms.ow;
  let depth = uniforms.kh * uniforms.kw * uniforms.c;
  let across = (uniforms.f + ${COLUMNS - 1}) / ${COLUMNS};
  let down = (depth + ${ROWS - 1}) / ${ROWS};
  let column = group % across * ${COLUMNS};
  let row = group / across % down * ${ROWS};
  let task = group / (across * down) % uniforms.tasks;
  let piece = group / (across * down * uniforms.tasks);
  let inside = piece < uniforms.pieces;
  var sums : array<vec4<f32>, 4>;
  for (var step = 0; step < uniforms.steps; step++) {
    let begin = (piece * uniforms.steps + step) * ${STEP};
    let k = row + local % ${ROWS};
    for (var p = local / ${ROWS}; p < ${STEP}; p += ${THREADS / ROWS}) {
      var value = 0.0;
      if (inside && k < depth && begin + p < pixels) { value = element(task, begin + p, k); }
      leftTile[p * ${ROWS + 1} + local % ${ROWS}] = value;
    }
    for (var i = local; i < ${STEP * COLUMNS}; i += ${THREADS}) {
      let pixel = begin + i / ${COLUMNS};
      let output = column + i % ${COLUMNS};
      var value = 0.0;
      if (inside && pixel < pixels && output < uniforms.f) {
        value = dy[(task * pixels + pixel) * uniforms.f + output];
      }
      rightTile[i] = value;
    }
    ${MULTIPLY}
  }
  for (var i = 0; i < 4; i++) {
    let k = row + local / 8 * 4 + i;
    for (var j = 0; j < 4; j++) {
      let output = column + local % 8 * 4 + j;
      if (inside && k < depth && output < uniforms.f) {
        result[((piece * uniforms.tasks + task) * depth + k) * uniforms.f + output] = sums[i][j];
      }
    }
  }
}`,
};

const FLIP: GpuProgram = {
  name: "flip transpose",
  inputs: ["filters"],
  ints: ["taps", "c", "f"],
  code: `
fn main(index : i32) {
  if (index < uniforms.size) {
    let block = index / (uniforms.c * uniforms.f);
    let turned = block / uniforms.taps * uniforms.taps + uniforms.taps - 1 - block % uniforms.taps;
    let source = (turned * uniforms.c + index % uniforms.c) * uniforms.f + index / uniforms.c % uniforms.f;
    result[index] = filters[source];
  }
}`,
};

/** Workgroups that keep an accelerator busy, and pixels that are worth one. */
const BUSY = 256;
const WORTH = 512;

/** Sizes of a convolution of T tasks one after another. */
export interface GpuConvSizes {
  readonly tasks: number;
  readonly stride: number;
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

function numbersOf(x: tf.Tensor, y: readonly number[], kernel: readonly number[], sizes: GpuConvSizes): number[] {
  const { tasks, stride, padding: [[top], [left]] } = sizes;
  const [b, h, w, c] = x.shape as [number, number, number, number];
  return [tasks, b / tasks, h, w, c, y[1]!, y[2]!, y[3]!, kernel[0]!, kernel[1]!, stride, top, left];
}

/** Convolution of each task by its own filter: x `[T·B, H, W, C]`, w `[T, kh, kw, C, F]`. One dispatch. */
export function gpuConv(x: tf.Tensor, w: tf.Tensor, sizes: GpuConvSizes): tf.Tensor {
  const { tasks, stride, padding } = sizes;
  const [kh, kw, , f] = w.shape.slice(-4) as [number, number, number, number];
  const [b, h, wd] = x.shape as [number, number, number];
  const side = (from: number, [before, after]: readonly [number, number], k: number) =>
    Math.floor((from + before + after - k) / stride) + 1;
  const shape = [b, side(h, padding[0], kh), side(wd, padding[1], kw), f];
  const pixels = b / tasks * shape[1]! * shape[2]!;
  const groups = tasks * Math.ceil(pixels / ROWS) * Math.ceil(f / COLUMNS);
  return runOnGpu(CONV, { inputs: [x, w], ints: numbersOf(x, shape, [kh, kw], sizes), shape, groups });
}

/** Each task's filter gradient of a convolution, `[T, kh, kw, C, F]` of shape `shape`. One or two dispatches. */
export function gpuConvFilter(
  x: tf.Tensor,
  dy: tf.Tensor,
  shape: readonly number[],
  sizes: GpuConvSizes,
): tf.Tensor {
  const { tasks } = sizes;
  const [kh, kw, c, f] = shape.slice(-4) as [number, number, number, number];
  const pixels = dy.size / (tasks * f);
  const tiles = tasks * Math.ceil(kh * kw * c / ROWS) * Math.ceil(f / COLUMNS);
  const wanted = Math.min(Math.ceil(BUSY / tiles), Math.ceil(pixels / WORTH));
  const steps = Math.ceil(pixels / (wanted * STEP));
  const pieces = Math.ceil(pixels / (steps * STEP));
  const parts = runOnGpu(FILTER, {
    inputs: [x, dy],
    ints: [...numbersOf(x, dy.shape, [kh, kw], sizes), pieces, steps],
    shape: [pieces, ...shape],
    groups: tiles * pieces,
  });
  return gpuFold(parts, shape);
}

/** Filters turned by 180° with their channels exchanged, `[…, kh, kw, C, F]` → `[…, kh, kw, F, C]`. */
export function gpuFlipTranspose(w: tf.Tensor): tf.Tensor {
  const [kh, kw, c, f] = w.shape.slice(-4) as [number, number, number, number];
  return runOnGpu(FLIP, { inputs: [w], ints: [kh * kw, c, f], shape: [...w.shape.slice(0, -2), f, c] });
}
