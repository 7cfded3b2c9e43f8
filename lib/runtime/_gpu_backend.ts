import * as tf from "@tensorflow/tfjs-core";

/** A program of tfjs, once it was compiled. */
export interface CompiledProgram {
  readonly pipeline: GPUComputePipeline;
  readonly dispatch: readonly [number, number, number];
}

/** Where tfjs takes buffers from. It keeps those that are free for later. */
export interface BufferPool {
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  readonly numBytesUsed: number;
  readonly numBytesAllocated: number;
  dispose(): void;
}

/** The pool of tfjs itself. */
export interface StockPool extends BufferPool {
  numFreeBuffers: number;
  numBytesAllocated: number;
  readonly freeBuffers: ReadonlyMap<string, GPUBuffer[]>;
}

/** The parts of tfjs's WebGPU backend that a recording needs and its types hide. */
export interface GpuBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  bufferManager: BufferPool;
  readonly commandEncoder: GPUCommandEncoder | null;
  readonly tensorMap: { get(dataId: object): { readonly resource?: GPUBuffer } };
  recordAndSubmit(program: CompiledProgram, ...rest: unknown[]): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  makeTensorInfo(shape: number[], dtype: "float32"): { readonly dataId: object };
  uploadToGPU(dataId: object): void;
}

/** The current backend, which must be WebGPU. */
export function gpuBackend(): GpuBackend {
  return tf.engine().backend as unknown as GpuBackend;
}
