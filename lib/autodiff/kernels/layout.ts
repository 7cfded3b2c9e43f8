import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, type NativeKernels, nativeKernels } from "./_native.ts";

/** Bytes of a number. */
const BYTES = 4;

/** Axes that a copy steps along, beside its run. */
const AXES = 4;

/** How a copy goes: numbers of a run, where it begins, and for each axis extent, step in x and step in the result, in numbers. */
interface Route {
  readonly run: number;
  readonly from?: number;
  readonly to?: number;
  readonly axes: readonly { readonly extent: number; readonly step: number; readonly outStep: number }[];
}

/** Refuses what does not fit: tfjs does not everywhere, and a copy would leave its memory. */
function demand(fits: boolean, what: string, got: () => string): void {
  if (!fits) throw new TypeError(`Cannot ${what}, got ${got()}`);
}

/** This project's kernels, for copies of float32 along so many axes. */
function nativeFor(x: tf.Tensor, axes: number): NativeKernels | null {
  return x.dtype === "float32" && axes <= AXES ? nativeKernels() : null;
}

function copy(native: NativeKernels, x: tf.Tensor, out: tf.Tensor, { run, from = 0, to = 0, axes }: Route): void {
  const all = [...Array(AXES - axes.length).fill({ extent: 1, step: 0, outStep: 0 }), ...axes] as Route["axes"];
  const four = (of: (axis: Route["axes"][number]) => number) => all.map(of) as [number, number, number, number];
  native.copy(
    ...[addressOf(x), BYTES * from, addressOf(out), BYTES * to, BYTES * run] as const,
    ...four(({ extent }) => extent),
    ...four(({ step }) => BYTES * step),
    ...four(({ outStep }) => BYTES * outStep),
  );
}

/** How many numbers lie between neighbours along each axis. */
function stepsOf(shape: readonly number[]): number[] {
  let step = 1;
  return shape.toReversed().map((extent) => {
    const own = step;
    step *= extent;
    return own;
  }).toReversed();
}

/** Where an element lies. */
function placeOf(begin: readonly number[], steps: readonly number[]): number {
  return begin.reduce((sum, at, axis) => sum + at * steps[axis]!, 0);
}

/** The route of a box of so many elements a side from one tensor to another; runs are as long as they can be. */
function boxRoute(
  size: readonly number[],
  x: { readonly shape: readonly number[]; readonly begin: readonly number[] },
  out: { readonly shape: readonly number[]; readonly begin: readonly number[] },
): Route {
  const [xSteps, outSteps] = [stepsOf(x.shape), stepsOf(out.shape)];
  const axes = size.map((extent, axis) => ({ extent, step: xSteps[axis]!, outStep: outSteps[axis]! }));
  let run = 1;
  // What lies without gaps in both is one run.
  while (axes.length > 0 && axes.at(-1)!.step === run && axes.at(-1)!.outStep === run) run *= axes.pop()!.extent;
  return { run, from: placeOf(x.begin, xSteps), to: placeOf(out.begin, outSteps), axes };
}

const zeros = (shape: readonly number[]) => shape.map(() => 0);

/** Zeros around x. */
export function padKernel(x: tf.Tensor, widths: readonly (readonly [number, number])[]): tf.Tensor {
  const fits = widths.length === x.rank && widths.every((sides) => sides.every((side) => side >= 0));
  demand(
    fits,
    "pad: expected two widths of zero or more for each axis",
    () => `[${widths.join("; ")}] for [${x.shape}]`,
  );
  const native = nativeFor(x, x.rank);
  if (native === null) return tf.pad(x, widths as [number, number][]);
  const out = makeEmpty(x.shape.map((extent, axis) => extent + widths[axis]![0] + widths[axis]![1]));
  native.clear(addressOf(out), BYTES * out.size);
  const begin = widths.map(([before]) => before);
  copy(native, x, out, boxRoute(x.shape, { shape: x.shape, begin: zeros(x.shape) }, { shape: out.shape, begin }));
  return out;
}

/** The box of x that begins there. */
export function sliceKernel(x: tf.Tensor, begin: readonly number[], size: readonly number[]): tf.Tensor {
  const fits = begin.length === x.rank && size.length === x.rank &&
    x.shape.every((extent, axis) => begin[axis]! >= 0 && size[axis]! >= 0 && begin[axis]! + size[axis]! <= extent);
  demand(fits, "slice: expected a box inside of the tensor", () => `[${size}] from [${begin}] of [${x.shape}]`);
  const native = nativeFor(x, x.rank);
  if (native === null) return tf.slice(x, begin as number[], size as number[]);
  const out = makeEmpty(size);
  copy(native, x, out, boxRoute(size, { shape: x.shape, begin }, { shape: size, begin: zeros(size) }));
  return out;
}

/** Tensors one after another along an axis. */
export function concatKernel(xs: readonly tf.Tensor[], axis: number): tf.Tensor {
  const [first] = xs as [tf.Tensor];
  const fits = axis >= 0 && axis < first.rank &&
    xs.every(({ shape, rank }) =>
      rank === first.rank && shape.every((extent, i) => i === axis || extent === first.shape[i])
    );
  const shapes = () => xs.map(({ shape }) => `[${shape}]`).join(", ");
  demand(fits, `join along axis ${axis}: expected shapes that differ there alone`, shapes);
  const native = xs.every(({ dtype }) => dtype === "float32") ? nativeFor(first, first.rank) : null;
  if (native === null) return tf.concat([...xs], axis);
  const sum = xs.reduce((all, x) => all + x.shape[axis]!, 0);
  const out = makeEmpty(first.shape.map((extent, i) => i === axis ? sum : extent));
  let at = 0;
  for (const x of xs) {
    const begin = x.shape.map((_, i) => i === axis ? at : 0);
    copy(native, x, out, boxRoute(x.shape, { shape: x.shape, begin: zeros(x.shape) }, { shape: out.shape, begin }));
    at += x.shape[axis]!;
  }
  return out;
}

/** Axes in another order. Where the last one stays, by this project's kernels. */
export function transposeKernel(x: tf.Tensor, order: readonly number[]): tf.Tensor {
  const last = x.rank - 1;
  const native = order[last] === last ? nativeFor(x, last) : null;
  if (native === null) return tf.transpose(x, order as number[]);
  const out = makeEmpty(order.map((axis) => x.shape[axis]!));
  const [steps, outSteps] = [stepsOf(x.shape), stepsOf(out.shape)];
  const axes = order.slice(0, -1).map((axis, to) => ({
    extent: x.shape[axis]!,
    step: steps[axis]!,
    outStep: outSteps[to]!,
  }));
  copy(native, x, out, { run: x.shape[last]!, axes });
  return out;
}

/** Each element of `[B, H, W, C]` four times: `[B, 2 H, 2 W, C]`. */
export function upsampleKernel(x: tf.Tensor): tf.Tensor {
  const [b, h, w, c] = x.shape as [number, number, number, number];
  const native = nativeFor(x, 4);
  if (native === null) return tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2 * h, 2 * w]);
  const out = makeEmpty([b, 2 * h, 2 * w, c]);
  const axes = [
    { extent: b * h, step: w * c, outStep: 4 * w * c },
    { extent: 2, step: 0, outStep: 2 * w * c },
    { extent: w, step: c, outStep: 2 * c },
    { extent: 2, step: 0, outStep: c },
  ];
  copy(native, x, out, { run: c, axes });
  return out;
}
