import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, type NativeKernels, nativeKernels } from "./_native.ts";
import { heapView, makeOnHeap, onHeap } from "./_heap.ts";

/**
 * Where the maxima of 2×2 windows were: an index a window on cpu and wasm, on the heap of wasm where its kernels are this
 * project's own, and a mask of the map on webgpu.
 */
export interface PoolRoute {
  /** `[B, H, W, C]` of the pooled input. */
  readonly shape: readonly [number, number, number, number];
  /** 0 to 3, row by row within the window, in the pooled map's order. */
  readonly index?: Uint8Array;
  /** The same bytes on the heap. */
  readonly place?: tf.Tensor;
  /** One at the maxima, zero elsewhere, `[B, 2⌊H/2⌋, 2⌊W/2⌋, C]`. */
  readonly mask?: tf.Tensor;
}

type Shape4 = [number, number, number, number];

/** Calls `visit(window, first)` with the index of each pooled element and of its window's first element. */
function forEachWindow(shape: readonly number[], visit: (pooledRow: number, first: number) => void): void {
  const [b, h, w, c] = shape as Shape4;
  const ph = h >> 1;
  const pw = w >> 1;
  for (let n = 0; n < b; n++) {
    for (let i = 0; i < ph; i++) {
      for (let j = 0; j < pw; j++) {
        visit(((n * ph + i) * pw + j) * c, ((n * h + 2 * i) * w + 2 * j) * c);
      }
    }
  }
}

/** Splits a map of even sides into its four phases, `[B, H/2, W/2, C]` each; contiguous slices only. */
function phases(x: tf.Tensor): tf.Tensor[] {
  const [b, h, w, c] = x.shape as Shape4;
  const rows = tf.reshape(x, [b, h / 2, 2 * w, c]);
  return [0, 1].flatMap((i) => {
    const row = tf.reshape(tf.slice(rows, [0, 0, i * w, 0], [b, h / 2, w, c]), [b, h / 2, w / 2, 2 * c]);
    return [0, 1].map((j) => tf.slice(row, [0, 0, 0, j * c], [b, h / 2, w / 2, c]));
  });
}

/** The inverse of {@linkcode phases}. */
function interleave(parts: readonly tf.Tensor[]): tf.Tensor {
  const [b, h, w, c] = parts[0]!.shape as Shape4;
  const row = (i: number) => tf.reshape(tf.concat([parts[2 * i]!, parts[2 * i + 1]!], 3), [b, h, 2 * w, c]);
  return tf.reshape(tf.concat([row(0), row(1)], 2), [b, 2 * h, 2 * w, c]);
}

/** The mask of first maxima, by arithmetic on the phases. */
function firstMaxima(x: tf.Tensor, pooled: tf.Tensor): tf.Tensor {
  let free: tf.Tensor = tf.onesLike(pooled);
  const masks = phases(x).map((phase) => {
    const mask = tf.mul(free, tf.cast(tf.greaterEqual(phase, pooled), "float32"));
    free = tf.sub(free, mask);
    return mask;
  });
  return interleave(masks);
}

/** Drops an odd last row and column. */
function crop(x: tf.Tensor): tf.Tensor {
  const [b, h, w, c] = x.shape as Shape4;
  return h % 2 === 0 && w % 2 === 0 ? x : tf.slice(x, [0, 0, 0, 0], [b, h - h % 2, w - w % 2, c]);
}

/** This project's kernels, for maps whose channels they take. */
function nativeFor(c: number): NativeKernels | null {
  return c % 4 === 0 ? nativeKernels() : null;
}

/** 2×2 maxima, stride 2, and (when wanted) where they were. */
export function poolKernel(x: tf.Tensor, wantRoute: boolean): { pooled: tf.Tensor; route: PoolRoute | null } {
  const [b, rows, columns, channels] = x.shape as Shape4;
  const native = nativeFor(channels);
  if (native !== null) {
    const pooled = makeEmpty([b, rows >> 1, columns >> 1, channels]);
    const place = wantRoute ? makeEmpty([pooled.size / 4]) : null;
    native.pool(addressOf(x), addressOf(pooled), place ? addressOf(place) : 0, b, rows, columns, channels);
    return { pooled, route: place && { shape: [b, rows, columns, channels], place } };
  }
  const pooled = tf.maxPool(x as tf.Tensor4D, 2, 2, "valid");
  if (!wantRoute) return { pooled, route: null };
  const shape = x.shape as Shape4;
  if (!onHeap()) return { pooled, route: { shape, mask: firstMaxima(crop(x), pooled) } };
  const index = new Uint8Array(pooled.size);
  const from = heapView(x);
  const max = heapView(pooled);
  const [, , w, c] = shape;
  forEachWindow(shape, (row, first) => {
    for (let k = 0; k < c; k++) {
      const m = max[row + k]!;
      const at = first + k;
      // Branch-free: which maximum it is is unpredictable.
      const n0 = Number(from[at]! !== m);
      const n1 = Number(from[at + c]! !== m);
      const n2 = Number(from[at + w * c]! !== m);
      index[row + k] = n0 * (1 + n1 * (1 + n2));
    }
  });
  return { pooled, route: { shape, index } };
}

/** Sends each element of `[B, H/2, W/2, C]` to its window's maximum; zero elsewhere. */
export function unpoolKernel(dy: tf.Tensor, route: PoolRoute): tf.Tensor {
  const [b, h, w, c] = route.shape;
  if (route.mask !== undefined) {
    const even = tf.mul(interleave([dy, dy, dy, dy]), route.mask);
    return h % 2 === 0 && w % 2 === 0 ? even : tf.pad(even, [[0, 0], [0, h % 2], [0, w % 2], [0, 0]]);
  }
  if (route.place !== undefined) {
    const out = makeEmpty([b, h, w, c]);
    nativeKernels()!.unpool(addressOf(dy), addressOf(route.place), addressOf(out), b, h, w, c);
    return out;
  }
  return makeOnHeap([b, h, w, c], (out) => {
    const from = heapView(dy);
    const index = route.index!;
    const steps = Int32Array.of(0, c, w * c, w * c + c);
    out.fill(0);
    forEachWindow(route.shape, (row, first) => {
      for (let k = 0; k < c; k++) out[first + k + steps[index[row + k]!]!] = from[row + k]!;
    });
  });
}

/** Takes the elements of `[B, H, W, C]` at the maxima: the adjoint of {@linkcode unpoolKernel}. */
export function repoolKernel(g: tf.Tensor, route: PoolRoute): tf.Tensor {
  const [b, h, w, c] = route.shape;
  if (route.mask !== undefined) {
    return tf.mul(tf.avgPool(tf.mul(crop(g), route.mask) as tf.Tensor4D, 2, 2, "valid"), 4);
  }
  if (route.place !== undefined) {
    const out = makeEmpty([b, h >> 1, w >> 1, c]);
    nativeKernels()!.repool(addressOf(g), addressOf(route.place), addressOf(out), b, h, w, c);
    return out;
  }
  return makeOnHeap([b, h >> 1, w >> 1, c], (out) => {
    const from = heapView(g);
    const index = route.index!;
    const steps = Int32Array.of(0, c, w * c, w * c + c);
    forEachWindow(route.shape, (row, first) => {
      for (let k = 0; k < c; k++) out[row + k] = from[first + k + steps[index[row + k]!]!]!;
    });
  });
}
