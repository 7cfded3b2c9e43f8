import type * as tf from "@tensorflow/tfjs-core";
import { type GpuProgram, lanesOf, runOnGpu } from "./_gpu.ts";
import { gpuFold } from "./_gpu_sums.ts";

/** Threads of a workgroup, each with a few rows of four columns of a tile of the result. */
const THREADS = 128;

/** What a program of convolution is compiled for: divisions by known numbers are cheap. */
interface ConvShape {
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly oh: number;
  readonly ow: number;
  readonly f: number;
  readonly kh: number;
  readonly kw: number;
  readonly stride: number;
  readonly top: number;
  readonly left: number;
}

/** The numbers by name, and `patch4`: four elements of a pixel's patch, of which there are `DEPTH`; zeros outside. */
function patches(shape: ConvShape): string {
  const constants = Object.entries(shape).map(([name, value]) => `const ${name.toUpperCase()} : i32 = ${value};`);
  const depth = shape.kh * shape.kw * shape.c;
  const element = (width: string, none: string, offset: string) =>
    `
  if (k >= DEPTH) { return ${none}; }
  let tap = k / C;
  let y = y0 + tap / KW;
  let x1 = x0 + tap % KW;
  if (y < 0 || y >= H || x1 < 0 || x1 >= W) { return ${none}; }
  return x[(((clip * H + y) * W + x1) * C + k % C)${offset}];
}`.replace(/^/, `(clip : i32, y0 : i32, x0 : i32, k : i32) -> ${width} {`);
  return `${constants.join("\n")}
const DEPTH : i32 = ${depth};
${
    lanesOf(shape.c) === 4
      ? `fn patch4${element("vec4<f32>", "vec4<f32>()", " / 4")}`
      : `fn patch1${element("f32", "0.0", "")}
fn patch4(clip : i32, y0 : i32, x0 : i32, k : i32) -> vec4<f32> {
  return vec4<f32>(${[0, 1, 2, 3].map((i) => `patch1(clip, y0, x0, k + ${i})`).join(", ")});
}`
  }`;
}

/** `name4`: four columns of a row of a matrix with F columns; zeros past the last. */
function columns(name: string, f: number): string {
  const each = [0, 1, 2, 3].map((i) =>
    `select(0.0, ${name}[min(row * F + column + ${i}, row * F + F - 1)], column + ${i} < F)`
  );
  return `
fn ${name}4(row : i32, column : i32) -> vec4<f32> {
  ${
    lanesOf(f) === 4
      ? `if (column >= F) { return vec4<f32>(); }
  return ${name}[(row * F + column) / 4];`
      : `return vec4<f32>(${each.join(", ")});`
  }
}`;
}

/** Writes four columns of a row of a matrix with F columns. */
function writing(f: number): string {
  const each = [0, 1, 2, 3].map((i) => `if (column + ${i} < F) { result[row * F + column + ${i}] = value[${i}]; }`);
  return `
fn write4(row : i32, column : i32, value : vec4<f32>) {
  ${lanesOf(f) === 4 ? "if (column < F) { result[(row * F + column) / 4] = value; }" : each.join("\n  ")}
}`;
}

/** Lines of code for 0 … count − 1. */
const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n    ");

/** Products that a workgroup adds up between two barriers, in each program. */
const CONV_STEP = 16;
const FILTER_STEP = 32;

/** How a tile of the result is shared out: threads side by side, and what each has. */
interface Tiling {
  readonly wide: number;
  /** Pixels of a thread. */
  readonly rows: number;
  /** Columns of a thread, by four. */
  readonly columns: number;
}

/** From large to small, for up to 32 columns and for more. */
const NARROW: readonly Tiling[] = [8, 4, 2].map((rows) => ({ wide: 8, rows, columns: 1 }));
const WIDE: readonly Tiling[] = [{ wide: 8, rows: 8, columns: 2 }, { wide: 16, rows: 8, columns: 1 }, {
  wide: 16,
  rows: 4,
  columns: 1,
}];

/** Threads side by side in a filter's gradient; each has four columns. */
const across = (f: number) => (f > 32 ? 16 : 8);

/**
 * Product of the patches of each task and its filter: rows are pixels, columns the filter's outputs. What a thread has lies apart in
 * the tile, so that threads side by side read shared memory without waiting for each other.
 */
function conv(shape: ConvShape, { wide, rows, columns: fours }: Tiling): GpuProgram {
  const down = THREADS / wide;
  const [tile, row4, width] = [down * rows, CONV_STEP / 4, wide * fours];
  const pitch = row4 + 1;
  const loads = tile * row4 / THREADS;
  const filterLoads = CONV_STEP * width / THREADS;
  // Into registers, before the products of the step before: the memory answers meanwhile.
  const load = (at: string) =>
    `${
      lines(loads, (i) => `
    value${i} = vec4<f32>();
    if (known${i}) { value${i} = patch4(clip${i}, y${i}, x${i}, ${at} + lane); }`)
    }
    ${
      lines(filterLoads, (i) => `
    source = ${at} + local / ${width} + ${i * THREADS / width};
    filter${i} = vec4<f32>();
    if (inside && source < DEPTH) { filter${i} = filters4(task * DEPTH + source, column + local % ${width} * 4); }`)
    }`;
  return {
    name: `conv ${Object.values(shape)} ${wide} ${rows} ${fours}`,
    inputs: ["x", "filters"],
    lanes: [lanesOf(shape.c), lanesOf(shape.f)],
    resultLanes: lanesOf(shape.f),
    ints: ["tasks", "n"],
    threads: THREADS,
    code: `${patches(shape)}${columns("filters", shape.f)}${writing(shape.f)}
var<workgroup> left : array<vec4<f32>, ${tile * pitch}>;
var<workgroup> right : array<vec4<f32>, ${CONV_STEP * width}>;
fn main(index : i32) {
  let local = i32(localIndex);
  let group = index / ${THREADS};
  let pixels = uniforms.n * (OH * OW);
  let tilesDown = (pixels + ${tile - 1}) / ${tile};
  const ACROSS : i32 = (F + ${4 * width - 1}) / ${4 * width};
  let column = group % ACROSS * ${4 * width};
  let first = group / ACROSS % tilesDown * ${tile};
  let task = group / (ACROSS * tilesDown);
  let inside = task < uniforms.tasks;
  let lane = local % ${row4} * 4;
  ${
      lines(loads, (i) => `
    let pixel${i} = first + local / ${row4} + ${i * THREADS / row4};
    let line${i} = pixel${i} / OW;
    let clip${i} = task * uniforms.n + line${i} / OH;
    let y${i} = line${i} % OH * STRIDE - TOP;
    let x${i} = pixel${i} % OW * STRIDE - LEFT;
    let known${i} = inside && pixel${i} < pixels;`)
    }
  let wide = local % ${wide};
  let deep = local / ${wide};
  ${lines(rows, (i) => lines(fours, (j) => `var sum${i}_${j} = vec4<f32>();`))}
  ${lines(loads, (i) => `var value${i} : vec4<f32>;`)}
  ${lines(filterLoads, (i) => `var filter${i} : vec4<f32>;`)}
  var source : i32;
  ${load("0")}
  for (var begin = 0; begin < DEPTH; begin += ${CONV_STEP}) {
    ${
      lines(
        loads,
        (i) => `left[(local / ${row4} + ${i * THREADS / row4}) * ${pitch} + local % ${row4}] = value${i};`,
      )
    }
    ${lines(filterLoads, (i) => `right[local + ${i * THREADS}] = filter${i};`)}
    workgroupBarrier();
    if (begin + ${CONV_STEP} < DEPTH) { ${load(`begin + ${CONV_STEP}`)} }
    for (var k = 0; k < ${row4}; k++) {
      let at = k * ${4 * width} + wide;
      ${lines(4, (e) => lines(fours, (j) => `let r${e}_${j} = right[at + ${e * width + j * wide}];`))}
      ${
      lines(rows, (i) => `
      let l${i} = left[(deep + ${i * down}) * ${pitch} + k];
      ${
        lines(4, (e) =>
          lines(fours, (j) => `sum${i}_${j} = fma(vec4<f32>(l${i}.${"xyzw"[e]}), r${e}_${j}, sum${i}_${j});`))
      }`)
    }
    }
    workgroupBarrier();
  }
  ${
      lines(rows, (i) => `
    let to${i} = first + deep + ${i * down};
    if (inside && to${i} < pixels) {
      ${lines(fours, (j) => `write4(task * pixels + to${i}, column + 4 * (wide + ${j * wide}), sum${i}_${j});`)}
    }`)
    }
}`,
  };
}

/** Product of transposed patches and cotangents of each task: rows are the filter's elements. The pixels come in pieces. */
function filterGradient(shape: ConvShape): GpuProgram {
  const wide = across(shape.f);
  const down = THREADS / wide;
  const rows = 64 / down; // of a thread, next to each other
  const step = wide === 8 ? FILTER_STEP : FILTER_STEP / 2;
  const loads = step * 16 / THREADS;
  const cotangents = step * wide / THREADS;
  const load = (turn: string) => `
    begin = (piece * uniforms.steps + ${turn}) * ${step};
    ${
    lines(loads, (i) => `
    pixel = begin + local / 16 + ${i * THREADS / 16};
    value${i} = vec4<f32>();
    if (inside && pixel < pixels) {
      let line = pixel / OW;
      value${i} = patch4(task * uniforms.n + line / OH, line % OH * STRIDE - TOP, pixel % OW * STRIDE - LEFT, k);
    }`)
  }
    ${
    lines(cotangents, (i) => `
    pixel = begin + deep + ${i * down};
    cotangent${i} = vec4<f32>();
    if (inside && pixel < pixels) { cotangent${i} = dy4(task * pixels + pixel, column + 4 * wide); }`)
  }`;
  return {
    name: `conv filter ${Object.values(shape)}`,
    inputs: ["x", "dy"],
    lanes: [lanesOf(shape.c), lanesOf(shape.f)],
    resultLanes: lanesOf(shape.f),
    ints: ["tasks", "n", "pieces", "steps"],
    threads: THREADS,
    code: `${patches(shape)}${columns("dy", shape.f)}${writing(shape.f)}
var<workgroup> left : array<vec4<f32>, ${step * 16}>;
var<workgroup> right : array<vec4<f32>, ${step * wide}>;
fn main(index : i32) {
  let local = i32(localIndex);
  let group = index / ${THREADS};
  let pixels = uniforms.n * (OH * OW);
  const ACROSS : i32 = (F + ${4 * wide - 1}) / ${4 * wide};
  const DOWN : i32 = (DEPTH + 63) / 64;
  let column = group % ACROSS * ${4 * wide};
  let row = group / ACROSS % DOWN * 64;
  let task = group / (ACROSS * DOWN) % uniforms.tasks;
  let piece = group / (ACROSS * DOWN * uniforms.tasks);
  let inside = piece < uniforms.pieces;
  let k = row + local % 16 * 4;
  let wide = local % ${wide};
  let deep = local / ${wide};
  ${lines(rows, (i) => `var sum${i} = vec4<f32>();`)}
  ${lines(loads, (i) => `var value${i} : vec4<f32>;`)}
  ${lines(cotangents, (i) => `var cotangent${i} : vec4<f32>;`)}
  var begin : i32;
  var pixel : i32;
  ${load("0")}
  for (var turn = 0; turn < uniforms.steps; turn++) {
    ${lines(loads, (i) => `left[local + ${i * THREADS}] = value${i};`)}
    ${lines(cotangents, (i) => `right[(deep + ${i * down}) * ${wide} + wide] = cotangent${i};`)}
    workgroupBarrier();
    if (turn + 1 < uniforms.steps) { ${load("turn + 1")} }
    for (var p = 0; p < ${step}; p++) {
      let r = right[p * ${wide} + wide];
      ${
      lines(rows / 4, (i) => `
      let l${i} = left[p * 16 + deep * ${rows / 4} + ${i}];
      ${lines(4, (e) => `sum${4 * i + e} = fma(vec4<f32>(l${i}.${"xyzw"[e]}), r, sum${4 * i + e});`)}`)
    }
    }
    workgroupBarrier();
  }
  ${
      lines(rows, (i) => `
    let to${i} = row + deep * ${rows} + ${i};
    if (inside && to${i} < DEPTH) {
      write4((piece * uniforms.tasks + task) * DEPTH + to${i}, column + 4 * wide, sum${i});
    }`)
    }
}`,
  };
}

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
const BUSY = 512;
const WORTH = 512;

/** Sizes of a convolution of T tasks one after another. */
export interface GpuConvSizes {
  readonly tasks: number;
  readonly stride: number;
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

function shapeOf(
  x: tf.Tensor,
  y: readonly number[],
  [kh, kw]: readonly number[],
  { stride, padding: [[top], [left]] }: GpuConvSizes,
): ConvShape {
  const [, h, w, c] = x.shape as [number, number, number, number];
  return { h, w, c, oh: y[1]!, ow: y[2]!, f: y[3]!, kh: kh!, kw: kw!, stride, top, left };
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
  const groupsOf = ({ wide, rows, columns }: Tiling) =>
    tasks * Math.ceil(pixels / (rows * THREADS / wide)) * Math.ceil(f / (4 * wide * columns));
  // Small maps in small tiles, for the sake of more of them; of 32 pixels at least, a load for each thread.
  const tilings = f > 32 ? WIDE : NARROW;
  const tiling = tilings.find((one) => groupsOf(one) >= BUSY) ?? tilings.at(-1)!;
  return runOnGpu(conv(shapeOf(x, shape, [kh, kw], sizes), tiling), {
    inputs: [x, w],
    ints: [tasks, b / tasks],
    shape,
    groups: groupsOf(tiling),
  });
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
  const tiles = tasks * Math.ceil(kh * kw * c / 64) * Math.ceil(f / (4 * across(f)));
  const wanted = Math.min(Math.ceil(BUSY / tiles), Math.ceil(pixels / WORTH));
  const step = across(f) === 8 ? FILTER_STEP : FILTER_STEP / 2;
  const steps = Math.ceil(pixels / (wanted * step));
  const pieces = Math.ceil(pixels / (steps * step));
  const parts = runOnGpu(filterGradient(shapeOf(x, dy.shape, [kh, kw], sizes)), {
    inputs: [x, dy],
    ints: [tasks, x.shape[0]! / tasks, pieces, steps],
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
