/** What WebGPU devices of this process were asked to do. */
export interface GpuWork {
  /** Programs run. */
  readonly dispatches: number;
  /** Programs compiled. */
  readonly pipelines: number;
  /** Lists of commands handed to the device. */
  readonly submits: number;
  /** Bytes of tensors that went up, and of the few numbers (shapes, factors) that go with each dispatch. */
  readonly uploadedBytes: number;
  readonly uniformBytes: number;
  /** How often memory was read back, and its bytes. */
  readonly reads: number;
  readonly readBytes: number;
}

/** Counts until it is stopped. */
export interface GpuCounter {
  /** The work since the start or the last `take`. */
  take(): GpuWork;
  stop(): void;
}

/** Options of {@linkcode countGpuWork}. */
export interface CountGpuWorkOptions {
  /**
   * Whether dispatches are executed. Without, they are counted only, and every result is whatever the memory held: for
   * counting work that is too large for a software adapter. @default {true}
   */
  readonly execute?: boolean;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

const NONE: GpuWork = {
  dispatches: 0,
  pipelines: 0,
  submits: 0,
  uploadedBytes: 0,
  uniformBytes: 0,
  reads: 0,
  readBytes: 0,
};

/**
 * Counts what all WebGPU devices of the process are asked to do. One counter at a time.
 *
 * @param options Whether the work is done.
 * @returns The running counter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { countGpuWork } from "./mod.ts";
 * const counter = countGpuWork();
 * assertEquals(counter.take().dispatches, 0);
 * counter.stop();
 * ```
 */
export function countGpuWork({ execute = true }: CountGpuWorkOptions = {}): GpuCounter {
  let work: Record<keyof GpuWork, number> = { ...NONE };
  const undo: (() => void)[] = [];
  const watch = (
    owner: object,
    name: string,
    note: (self: unknown, args: readonly unknown[]) => void,
    run = true,
  ) => {
    const methods = owner as Record<string, Method>;
    const method = methods[name]!;
    methods[name] = function (...args) {
      note(this, args);
      return run ? method.apply(this, args) : undefined;
    };
    undo.push(() => void (methods[name] = method));
  };
  const compiled = () => void work.pipelines++;
  watch(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => void work.dispatches++, execute);
  watch(GPUDevice.prototype, "createComputePipeline", compiled);
  watch(GPUDevice.prototype, "createComputePipelineAsync", compiled);
  watch(GPUQueue.prototype, "submit", () => void work.submits++);
  // tfjs writes uniforms through the queue, and tensors into memory that is mapped when it is made.
  watch(GPUQueue.prototype, "writeBuffer", (_, [, , data]) => {
    work.uniformBytes += (data as ArrayBuffer).byteLength;
  });
  watch(GPUDevice.prototype, "createBuffer", (_, [descriptor]) => {
    const { mappedAtCreation, size } = descriptor as GPUBufferDescriptor;
    if (mappedAtCreation) work.uploadedBytes += size;
  });
  watch(GPUBuffer.prototype, "mapAsync", (buffer) => {
    work.reads++;
    work.readBytes += (buffer as GPUBuffer).size;
  });
  return {
    take() {
      const taken = work;
      work = { ...NONE };
      return taken;
    },
    stop: () => undo.splice(0).forEach((restore) => restore()),
  };
}
