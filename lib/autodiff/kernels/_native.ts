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
  return tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape as number[], "float32"));
}

/** Lends so many bytes of the module's memory. */
export function withScratch<T>(bytes: number, use: (address: number) => T): T {
  const space = makeEmpty([Math.ceil(bytes / 4)]);
  try {
    return use(addressOf(space));
  } finally {
    space.dispose();
  }
}

/** Copies of numbers that a kernel left in float64. */
export function readDoubles(address: number, count: number): Float64Array {
  const { memory } = (tf.engine().backend as unknown as WasmParts).wasm.asm!;
  return new Float64Array(memory!.buffer.slice(address, address + 8 * count));
}
