import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { NATIVE_MODULES } from "./native/modules.ts";

/** x, filter or cotangent, result; n, h, w, c, f; scratch. */
type Convolve = (
  ...addressesAndSizes: [number, number, number, number, number, number, number, number, number]
) => void;

/** Three addresses; n, h, w, c. */
type Pool = (...addressesAndSizes: [number, number, number, number, number, number, number]) => void;

/** x, y, result; count. */
type Elementwise = (x: number, y: number, out: number, count: number) => void;

type Four = [number, number, number, number];

/** Two addresses with the place to begin at, and bytes of a run; extents, steps in x, steps in the result. */
type CopyArguments = [x: number, xFrom: number, out: number, outFrom: number, run: number, ...Four, ...Four, ...Four];

/** Bytes of scratch memory for h, w, c, f. */
type Scratch = (h: number, w: number, c: number, f: number) => number;

/** What the module of the .as files exports; addresses are of the memory it was made with. */
export interface NativeKernels {
  readonly winogradConv: Convolve;
  readonly winogradFilter: Convolve;
  readonly winogradScratch: Scratch;
  readonly directConv: Convolve;
  readonly directFilter: Convolve;
  readonly directScratch: Scratch;
  /** x, pooled, where (or 0); n, h, w, c. */
  readonly pool: Pool;
  /** Pooled, where, result; n, h, w, c. */
  readonly unpool: Pool;
  /** x, where, pooled; n, h, w, c. */
  readonly repool: Pool;
  /** x, factors, shifts (or 0), result; rows, c. */
  readonly affine: (x: number, a: number, b: number, out: number, rows: number, c: number) => void;
  /** x, y, result in float64; rows, c. */
  readonly dots: (x: number, y: number, out: number, rows: number, c: number) => void;
  /** x, shifts, result; rows, c. */
  readonly bias: (x: number, b: number, out: number, rows: number, c: number) => void;
  /** x, result; groups, rows, c. */
  readonly mean: (x: number, out: number, groups: number, rows: number, c: number) => void;
  /** x, matrix, result; rows, k, n. */
  readonly matMul: (x: number, w: number, out: number, rows: number, k: number, n: number) => void;
  /** Result; bytes. */
  readonly clear: (out: number, bytes: number) => void;
  /** x, its first byte, result, its first byte, bytes of a run; four extents; four steps in x, four in the result, in bytes. */
  readonly copy: (...addressesAndSizes: CopyArguments) => void;
  /** x, result; count. */
  readonly relu: (x: number, out: number, count: number) => void;
  readonly gate: Elementwise;
  readonly add: Elementwise;
  readonly sub: Elementwise;
  readonly mul: Elementwise;
  /** x, factor, result; count. */
  readonly scale: Elementwise;
}

/** The parts of tfjs's module that are not in its types. */
interface WasmParts {
  readonly wasm: { readonly asm?: { readonly memory?: WebAssembly.Memory } };
  readonly dataIdMap: { get(id: object): { readonly memoryOffset: number } };
}

/** Where each kernel takes addresses; the rest are sizes. */
export const ADDRESSES: Readonly<Record<keyof NativeKernels, readonly number[]>> = {
  winogradConv: [0, 1, 2, 8],
  winogradFilter: [0, 1, 2, 8],
  winogradScratch: [],
  directConv: [0, 1, 2, 8],
  directFilter: [0, 1, 2, 8],
  directScratch: [],
  pool: [0, 1, 2],
  unpool: [0, 1, 2],
  repool: [0, 1, 2],
  affine: [0, 1, 2, 3],
  bias: [0, 1, 2],
  dots: [0, 1, 2],
  mean: [0, 1],
  matMul: [0, 1, 2],
  clear: [0],
  copy: [0, 2],
  relu: [0, 1],
  gate: [0, 1, 2],
  add: [0, 1, 2],
  sub: [0, 1, 2],
  mul: [0, 1, 2],
  scale: [0, 2],
};

/** Takes part in what is done with kernels, so that it can be done again. */
export interface NativeWatcher {
  /** What is called in place of the kernels. */
  readonly kernels: NativeKernels;
  /** Told of memory that was made for a kernel. */
  made(address: number, bytes: number): void;
  /** Told that such memory is free again, for anybody. */
  freed(address: number): void;
}

let watcher: NativeWatcher | null = null;

/** Has everything that `work` does with kernels go by way of a watcher. */
export function watchNative<T>(over: NativeWatcher, work: () => T): T {
  watcher = over;
  try {
    return work();
  } finally {
    watcher = null;
  }
}

/** A memory's kernels; null where they could not be made. */
const made = new WeakMap<WebAssembly.Memory, NativeKernels | null>();

/** Makes the kernels on a memory: the first module that the engine takes. */
export function makeNative(memory: WebAssembly.Memory, modules: readonly string[]): NativeKernels {
  const bytes = modules.map((text) => Uint8Array.fromBase64(text));
  const valid = bytes.find((module) => WebAssembly.validate(module));
  if (valid === undefined) throw new Error("this engine has no 128-bit SIMD");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(valid), { env: { memory } });
  return exports as unknown as NativeKernels;
}

/**
 * The kernels of this project's own WebAssembly module, which works in the memory of tfjs's; null on other backends, and
 * where it cannot be made, which is said once: the ops are then composed of tfjs's kernels.
 */
export function nativeKernels(): NativeKernels | null {
  if (watcher !== null) return watcher.kernels;
  if (tf.getBackend() !== "wasm") return null;
  const memory = (tf.engine().backend as unknown as WasmParts).wasm.asm?.memory;
  if (memory === undefined) return null;
  let kernels = made.get(memory);
  if (kernels === undefined) {
    try {
      kernels = makeNative(memory, [NATIVE_MODULES.fused, NATIVE_MODULES.plain]);
    } catch (error) {
      console.warn(`Fast kernels are not used: ${error instanceof Error ? error.message : error}`);
      kernels = null;
    }
    made.set(memory, kernels);
  }
  return kernels;
}

/** Where a tensor lies in the module's memory; it stays there. */
export function addressOf(tensor: tf.Tensor): number {
  return (tf.engine().backend as unknown as WasmParts).dataIdMap.get(tensor.dataId).memoryOffset;
}

/** Makes a tensor for kernels to write. */
export function makeEmpty(shape: readonly number[]): tf.Tensor {
  const backend = tf.engine().backend as unknown as BackendWasm;
  const out = tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape as number[], "float32"));
  watcher?.made(addressOf(out), 4 * out.size);
  return out;
}

/** Lends so many bytes of the module's memory. */
export function withScratch<T>(bytes: number, use: (address: number) => T): T {
  const space = makeEmpty([Math.ceil(bytes / 4)]);
  try {
    return use(addressOf(space));
  } finally {
    watcher?.freed(addressOf(space));
    space.dispose();
  }
}

/** The numbers at an address, in place; no longer valid once memory has been made. */
export function numbersAt(address: number, count: number): Float32Array {
  const { memory } = (tf.engine().backend as unknown as WasmParts).wasm.asm!;
  return new Float32Array(memory!.buffer, address, count);
}

/** Copies of numbers that a kernel left in float64. */
export function readDoubles(address: number, count: number): Float64Array {
  const { memory } = (tf.engine().backend as unknown as WasmParts).wasm.asm!;
  return new Float64Array(memory!.buffer.slice(address, address + 8 * count));
}
