import * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, type NativeKernels, nativeKernels } from "./_native.ts";
import { onGpu } from "./_gpu.ts";
import { gpuPlaces, gpuRepool, gpuUnpool } from "./_gpu_pool.ts";
import { heapView, makeOnHeap } from "./_heap.ts";

/**
 * Where the maxima of 2×2 windows were: an index a window, on the heap of wasm where its kernels are this project's own, and
 * on the device with webgpu.
 */
export interface PoolRoute {
  /** `[B, H, W, C]` of the pooled input. */
  readonly shape: readonly [number, number, number, number];
  /** 0 to 3, row by row within the window, in the pooled map's order. */
  readonly index?: Uint8Array;
  /** The same bytes on the heap. */
  readonly place?: tf.Tensor;
  /** The same numbers on the device, in float32, the pooled map's shape. */
  readonly places?: tf.Tensor;
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
  if (onGpu()) return { pooled, route: { shape, places: gpuPlaces(x) } };
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
  if (route.places !== undefined) return gpuUnpool(dy, route.places, route.shape);
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
  if (route.places !== undefined) return gpuRepool(g, route.places, route.shape);
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
