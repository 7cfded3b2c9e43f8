import * as tf from "@tensorflow/tfjs-core";
import { type GpuProgram, lanesOf, runOnGpu } from "./_gpu.ts";

/** Threads of a workgroup: so many channels side by side, the rest on rows. */
const THREADS = 256;

/** Rows that a workgroup adds up at least, and pieces that the rows of a task are cut into at most. */
const PIECE = 512;
const PIECES = 512;

/** Adds `sumN` of the threads of each lane up; their total is `total_N`. */
function reduce(number: number, lanes: number): string {
  return `
    shares[local] = sum${number};
    workgroupBarrier();
    for (var step = ${THREADS / lanes / 2}; step > 0; step = step / 2) {
      if (deep < step) { shares[local] += shares[local + step * ${lanes}]; }
      workgroupBarrier();
    }
    let total_${number} = shares[lane];
    workgroupBarrier();`;
}

/** One pass over the rows of a piece, for one or more sums a channel, the first of number `first`. */
function pass(values: readonly string[], first: number, lanes: number): string {
  const each = (line: (value: string, number: number) => string) =>
    values.map((value, i) => line(value, first + i)).join("\n");
  return `
    ${each((_, number) => `var sum${number} = E();`)}
    for (var row = begin + deep; row < end; row += ${THREADS / lanes}) {
      let at = (task * uniforms.rows + row) * uniforms.c + channel;
      ${each((value, number) => `sum${number} += ${value};`)}
    }
    ${each((_, number) => reduce(number, lanes))}`;
}

/** Sums a channel: those of one pass over the rows together, and what becomes of each. */
interface Sums {
  readonly inputs: readonly string[];
  readonly passes: readonly (readonly string[])[];
  readonly results: readonly string[];
}

const KINDS = {
  sum: { inputs: ["x"], passes: [["x[at]"]], results: ["total_0"] },
  dots: { inputs: ["g", "x"], passes: [["g[at] * x[at]", "g[at]"]], results: ["total_0", "total_1"] },
  moments: {
    inputs: ["x"],
    passes: [["x[at]"], ["(x[at] - total_0 / count) * (x[at] - total_0 / count)"]],
    results: ["total_0 / count", "total_1 / count"],
  },
} as const satisfies Record<string, Sums>;

/** A program that cuts each task's rows into pieces and leaves V numbers a channel of each, `[pieces, V, T·C]`. */
function sums(kind: keyof typeof KINDS, side: number, lanes: 1 | 4): GpuProgram {
  const { inputs, passes, results }: Sums = KINDS[kind];
  return {
    name: `${kind} ${side} ${lanes}`,
    inputs,
    lanes: inputs.map(() => lanes),
    resultLanes: lanes,
    ints: ["tasks", "rows", "c", "pieces", "piece"],
    threads: THREADS,
    code: `
alias E = ${lanes === 4 ? "vec4<f32>" : "f32"};
var<workgroup> shares : array<E, ${THREADS}>;
fn main(index : i32) {
  let local = i32(localIndex);
  let lane = local % ${side};
  let deep = local / ${side};
  let group = index / ${THREADS};
  let blocks = (uniforms.c + ${side - 1}) / ${side};
  let channel = group % blocks * ${side} + lane;
  let piece = group / blocks % uniforms.pieces;
  let task = group / (blocks * uniforms.pieces);
  let begin = piece * uniforms.piece;
  let inside = channel < uniforms.c && task < uniforms.tasks;
  let end = select(0, min(begin + uniforms.piece, uniforms.rows), inside);
  let count = f32(max(end - begin, 1));
  let width = uniforms.tasks * uniforms.c;
  let to = piece * ${results.length} * width + task * uniforms.c + channel;
  ${passes.map((values, i) => pass(values, passes.slice(0, i).flat().length, side)).join("\n")}
  if (deep == 0 && inside) {
    ${results.map((number, i) => `result[to + ${i} * width] = ${number};`).join("\n")}
  }
}`,
  };
}

/** Elements of the result side by side in a workgroup, where its threads share the pieces out. */
const SIDE = 32;

/** Declarations of a program whose threads share pieces out: `at` is the element, `deep` which of the pieces. */
const SHARED = `
var<workgroup> shares : array<f32, ${THREADS}>;
fn main(index : i32) {
  let local = i32(localIndex);
  let lane = local % ${SIDE};
  let deep = local / ${SIDE};
  let at = index / ${THREADS} * ${SIDE} + lane;`;

/** Adds pieces up: `[pieces, …]` → `[…]`. */
const FOLD: GpuProgram = {
  name: "fold",
  inputs: ["x"],
  ints: ["pieces"],
  threads: THREADS,
  code: `${SHARED}
  let pieces = select(0, uniforms.pieces, at < uniforms.size);
  var sum0 = 0.0;
  for (var piece = deep; piece < pieces; piece += ${THREADS / SIDE}) { sum0 += x[piece * uniforms.size + at]; }
  ${reduce(0, SIDE)}
  if (deep == 0 && at < uniforms.size) { result[at] = total_0; }
}`,
};

/** Mean and variance of the whole from those of its pieces, of which all but the last have the same count of rows. */
const MERGE: GpuProgram = {
  name: "merge moments",
  inputs: ["x"],
  ints: ["rows", "pieces", "piece"],
  threads: THREADS,
  code: `${SHARED}
  let width = uniforms.size / 2;
  let pieces = select(0, uniforms.pieces, at < width);
  var sum0 = 0.0;
  for (var one = deep; one < pieces; one += ${THREADS / SIDE}) {
    let share = f32(min(uniforms.piece, uniforms.rows - one * uniforms.piece)) / f32(uniforms.rows);
    sum0 += share * x[2 * one * width + at];
  }
  ${reduce(0, SIDE)}
  var sum1 = 0.0;
  for (var one = deep; one < pieces; one += ${THREADS / SIDE}) {
    let share = f32(min(uniforms.piece, uniforms.rows - one * uniforms.piece)) / f32(uniforms.rows);
    let apart = x[2 * one * width + at] - total_0;
    sum1 += share * (x[(2 * one + 1) * width + at] + apart * apart);
  }
  ${reduce(1, SIDE)}
  if (deep == 0 && at < width) {
    result[at] = total_0;
    result[at + width] = total_1;
  }
}`,
};

/**
 * Numbers a channel of each of T tasks, `[T·rows, C]` → `[V, T·C]`: the sum; Σ g·x and Σ g; or mean and variance. One dispatch
 * for small maps, two for large ones.
 */
export function gpuSums(
  kind: keyof typeof KINDS,
  inputs: readonly tf.Tensor[],
  { tasks, c }: { tasks: number; c: number },
): tf.Tensor {
  const rows = inputs[0]!.size / (tasks * c);
  const piece = Math.max(PIECE, Math.ceil(rows / PIECES));
  const pieces = Math.ceil(rows / piece);
  const lanes = lanesOf(c);
  const width = c / lanes;
  const side = width >= 32 ? 32 : width > 8 ? 16 : 8;
  const values = KINDS[kind].results.length;
  const parts = runOnGpu(sums(kind, side, lanes), {
    inputs,
    ints: [tasks, rows, width, pieces, piece],
    shape: [pieces, values, tasks * c],
    groups: Math.ceil(width / side) * pieces * tasks,
  });
  const shape = [values, tasks * c];
  if (kind === "moments" && pieces > 1) {
    const groups = Math.ceil(tasks * c / SIDE);
    return runOnGpu(MERGE, { inputs: [parts], ints: [rows, pieces, piece], shape, groups });
  }
  return gpuFold(parts, shape);
}

/** Σ over the first axis, `[pieces, …shape]` → shape. */
export function gpuFold(parts: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const pieces = parts.shape[0]!;
  if (pieces === 1) return tf.reshape(parts, shape as number[]);
  const groups = Math.ceil(parts.size / (pieces * SIDE));
  return runOnGpu(FOLD, { inputs: [parts], ints: [pieces], shape, groups });
}
