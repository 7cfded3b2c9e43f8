import * as tf from "@tensorflow/tfjs-core";
import { type GpuProgram, perElement, runOnGpu } from "./_gpu.ts";

/** Threads of a workgroup: so many channels side by side, the rest on rows. */
const THREADS = 256;

/** Rows that a workgroup adds up at least, and pieces that the rows of a task are cut into at most. */
const PIECE = 512;
const PIECES = 128;

/** One pass over the rows of a piece, a sum a channel. */
function pass(value: string, lanes: number): string {
  return `
    sum = 0.0;
    for (var row = begin + rowLane; row < end; row += ${THREADS / lanes}) {
      let at = (task * uniforms.rows + row) * uniforms.c + channel;
      sum += ${value};
    }
    shares[local] = sum;
    workgroupBarrier();
    for (var step = ${THREADS / lanes / 2}; step > 0; step = step / 2) {
      if (rowLane < step) { shares[local] += shares[local + step * ${lanes}]; }
      workgroupBarrier();
    }
    let total_NUMBER = shares[lane];
    workgroupBarrier();`;
}

/** A program that cuts each task's rows into pieces and leaves `values` numbers a channel of each, `[pieces, V, T·C]`. */
function sums(name: string, inputs: readonly string[], lanes: number, values: readonly [string, string][]): GpuProgram {
  return {
    name: `${name} ${lanes}`,
    inputs,
    ints: ["tasks", "rows", "c", "pieces", "piece"],
    threads: THREADS,
    code: `
var<workgroup> shares : array<f32, ${THREADS}>;
fn main(index : i32) {
  let local = i32(localIndex);
  let lane = local % ${lanes};
  let rowLane = local / ${lanes};
  let group = index / ${THREADS};
  let blocks = (uniforms.c + ${lanes - 1}) / ${lanes};
  let channel = group % blocks * ${lanes} + lane;
  let piece = group / blocks % uniforms.pieces;
  let task = group / (blocks * uniforms.pieces);
  let begin = piece * uniforms.piece;
  let inside = channel < uniforms.c && task < uniforms.tasks;
  let end = select(0, min(begin + uniforms.piece, uniforms.rows), inside);
  let count = f32(max(end - begin, 1));
  let width = uniforms.tasks * uniforms.c;
  let to = piece * ${values.length} * width + task * uniforms.c + channel;
  var sum = 0.0;
  ${values.map(([value], i) => pass(value, lanes).replaceAll("NUMBER", String(i))).join("\n")}
  if (rowLane == 0 && inside) {
    ${values.map(([, number], i) => `result[to + ${i} * width] = ${number};`).join("\n")}
  }
}`,
  };
}

/** Adds pieces up: `[pieces, …]` → `[…]`. */
const FOLD: GpuProgram = {
  name: "fold",
  inputs: ["x"],
  ints: ["pieces"],
  code: perElement(`
    var sum = 0.0;
    for (var piece = 0; piece < uniforms.pieces; piece++) { sum += x[piece * uniforms.size + index]; }
    result[index] = sum;`),
};

/** Mean and variance of the whole from those of its pieces, of which all but the last have the same count of rows. */
const MERGE: GpuProgram = {
  name: "merge moments",
  inputs: ["x"],
  ints: ["rows", "pieces", "piece"],
  code: perElement(`
    let width = uniforms.size / 2;
    let channel = index % width;
    var mean = 0.0;
    for (var at = 0; at < uniforms.pieces; at++) {
      let share = f32(min(uniforms.piece, uniforms.rows - at * uniforms.piece)) / f32(uniforms.rows);
      mean += share * x[2 * at * width + channel];
    }
    var variance = 0.0;
    for (var at = 0; at < uniforms.pieces; at++) {
      let share = f32(min(uniforms.piece, uniforms.rows - at * uniforms.piece)) / f32(uniforms.rows);
      let apart = x[2 * at * width + channel] - mean;
      variance += share * (x[(2 * at + 1) * width + channel] + apart * apart);
    }
    result[index] = select(variance, mean, index < width);`),
};

type Kind = "sum" | "dots" | "moments";

const INPUTS: Readonly<Record<Kind, readonly string[]>> = { sum: ["x"], dots: ["g", "x"], moments: ["x"] };

const VALUES: Readonly<Record<Kind, readonly [string, string][]>> = {
  sum: [["x[at]", "total_0"]],
  dots: [["g[at] * x[at]", "total_0"], ["g[at]", "total_1"]],
  moments: [
    ["x[at]", "total_0 / count"],
    ["(x[at] - total_0 / count) * (x[at] - total_0 / count)", "total_1 / count"],
  ],
};

/**
 * Numbers a channel of each of T tasks, `[T·rows, C]` → `[V, T·C]`: the sum; Σ g·x and Σ g; or mean and variance. One dispatch
 * for small maps, two for large ones.
 */
export function gpuSums(
  kind: Kind,
  inputs: readonly tf.Tensor[],
  { tasks, c }: { tasks: number; c: number },
): tf.Tensor {
  const rows = inputs[0]!.size / (tasks * c);
  const piece = Math.max(PIECE, Math.ceil(rows / PIECES));
  const pieces = Math.ceil(rows / piece);
  const lanes = c >= 32 ? 32 : c > 8 ? 16 : 8;
  const values = VALUES[kind];
  const parts = runOnGpu(sums(kind, INPUTS[kind], lanes, values), {
    inputs,
    ints: [tasks, rows, c, pieces, piece],
    shape: [pieces, values.length, tasks * c],
    groups: Math.ceil(c / lanes) * pieces * tasks,
  });
  const shape = [values.length, tasks * c];
  if (kind === "moments" && pieces > 1) {
    return runOnGpu(MERGE, { inputs: [parts], ints: [rows, pieces, piece], shape });
  }
  return gpuFold(parts, shape);
}

/** Σ over the first axis, `[pieces, …shape]` → shape. */
export function gpuFold(parts: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const pieces = parts.shape[0]!;
  if (pieces === 1) return tf.reshape(parts, shape as number[]);
  return runOnGpu(FOLD, { inputs: [parts], ints: [pieces], shape });
}
