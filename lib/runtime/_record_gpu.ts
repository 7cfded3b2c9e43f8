import * as tf from "@tensorflow/tfjs-core";
import { type BufferPool, type CompiledProgram, type GpuBackend, gpuBackend, type StockPool } from "./_gpu_backend.ts";
import type { ComputeInput } from "./types.ts";

/** One program's run, with its buffers. */
interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly dispatch: readonly [number, number, number];
}

/** Programs handed to the device at a time, so that it begins before all are. */
const BATCH = 256;

/** A computation on WebGPU that was recorded. */
export interface GpuRecording {
  /** Of all its buffers. */
  readonly bytes: number;
  /** Results of the computation as it was recorded. */
  results(): Promise<Float32Array[]>;
  /** Results on other inputs, of the same sizes. */
  replay(inputs: readonly ComputeInput[]): Promise<Float32Array[]>;
  destroy(): void;
}

/**
 * The buffers of a recording. Those with numbers of the host (uniforms and tensors that went up) keep them for good; all others
 * serve again and again, in the order of the recording.
 */
class RecordedBuffers implements BufferPool {
  readonly #device: GPUDevice;
  readonly #outer: BufferPool;
  readonly #free = new Map<string, GPUBuffer[]>();
  /** Each buffer, and whether it keeps its numbers. */
  readonly #kept = new Map<GPUBuffer, boolean>();
  numBytesAllocated = 0;

  constructor(device: GPUDevice, outer: BufferPool) {
    this.#device = device;
    this.#outer = outer;
  }

  get numBytesUsed(): number {
    return this.#outer.numBytesUsed + this.numBytesAllocated;
  }

  acquireBuffer(size: number, usage: number, mappedAtCreation = false): GPUBuffer {
    const keeps = mappedAtCreation || (usage & GPUBufferUsage.UNIFORM) !== 0;
    const free = keeps ? undefined : this.#free.get(`${size} ${usage}`)?.pop();
    if (free !== undefined) return free;
    const buffer = this.#device.createBuffer({ size, usage, mappedAtCreation });
    this.numBytesAllocated += size;
    this.#kept.set(buffer, keeps);
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void {
    const keeps = this.#kept.get(buffer);
    if (keeps === undefined) return this.#outer.releaseBuffer(buffer, reuse);
    if (keeps) return;
    const key = `${buffer.size} ${buffer.usage}`;
    const list = this.#free.get(key);
    if (list === undefined) this.#free.set(key, [buffer]);
    else list.push(buffer);
  }

  dispose(): void {
    for (const buffer of this.#kept.keys()) buffer.destroy();
    this.#kept.clear();
    this.#free.clear();
  }
}

/** Hands over what tfjs has not yet. */
function flush(backend: GpuBackend): void {
  if (backend.commandEncoder === null) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Gives back to the device what tfjs's pool keeps for later. */
function trim(pool: StockPool): void {
  for (const free of pool.freeBuffers.values()) {
    for (const buffer of free.splice(0)) {
      pool.numFreeBuffers--;
      pool.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
  }
}

/** Watches programs being run while `work` does, with buffers of the recording's own. */
function watch<T>(backend: GpuBackend, buffers: BufferPool, steps: Step[], work: () => T): T {
  const { device, bufferManager: outer } = backend;
  let group: GPUBindGroup;
  const create = device.createBindGroup;
  const run = backend.recordAndSubmit;
  backend.bufferManager = buffers;
  device.createBindGroup = (descriptor) => group = create.call(device, descriptor);
  backend.recordAndSubmit = function (program: CompiledProgram, ...rest) {
    run.call(backend, program, ...rest);
    steps.push({ pipeline: program.pipeline, group, dispatch: program.dispatch });
  };
  try {
    return work();
  } finally {
    try {
      flush(backend);
    } finally {
      backend.bufferManager = outer;
      Reflect.deleteProperty(device, "createBindGroup");
      Reflect.deleteProperty(backend, "recordAndSubmit");
    }
  }
}

/**
 * Does a computation on WebGPU and records it: which programs run on which buffers. Doing it again takes neither the graph of
 * values nor tfjs, a few microseconds a program in place of a hundred.
 *
 * @param inputs What it is done on.
 * @param compute Must depend on its tensors' numbers through operations alone, and read nothing back. Other tensors that it works
 * on must live as long as the recording.
 * @returns The recording.
 */
export function recordGpu(
  inputs: readonly ComputeInput[],
  compute: (tensors: readonly tf.Tensor[]) => readonly tf.Tensor[],
): GpuRecording {
  const backend = gpuBackend();
  const { device, queue } = backend;
  flush(backend);
  trim(backend.bufferManager as StockPool);
  const buffers = new RecordedBuffers(device, backend.bufferManager);
  const steps: Step[] = [];
  const sizes: number[] = [];
  const bufferOf = ({ dataId }: { readonly dataId: object }) => {
    backend.uploadToGPU(dataId);
    return backend.tensorMap.get(dataId).resource!;
  };
  const write = ({ data }: ComputeInput, to: GPUBuffer) => {
    if (data instanceof Float32Array) return queue.writeBuffer(to, 0, data as Float32Array<ArrayBuffer>);
    const source = bufferOf(data);
    flush(backend); // what goes up may be on its way
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, to, 0, to.size);
    queue.submit([encoder.finish()]);
  };
  // Into tfjs's pool, not the recording's.
  for (const { data } of inputs) if (!(data instanceof Float32Array)) bufferOf(data);
  flush(backend);
  let entries: GPUBuffer[] = [];
  let output: GPUBuffer;
  try {
    output = watch(backend, buffers, steps, () => {
      const joined = tf.tidy(() => {
        // On the device from the start: what is small and on the host tfjs would compute there, once and for all.
        const tensors = inputs.map(({ shape }) => {
          const { dataId } = backend.makeTensorInfo([...shape], "float32");
          return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: "float32" });
        });
        entries = tensors.map(bufferOf);
        inputs.forEach((input, i) => write(input, entries[i]!));
        const flat = compute(tensors).map((tensor) => tf.reshape(tensor, [-1]));
        sizes.push(...flat.map(({ size }) => size));
        return flat.length === 1 ? tf.clone(flat[0]!) : tf.concat(flat);
      });
      flush(backend);
      const buffer = bufferOf(joined);
      joined.dispose();
      return buffer;
    });
  } catch (error) {
    buffers.dispose();
    throw error;
  }
  const size = 4 * sizes.reduce((a, b) => a + b, 0);
  const staging = buffers.acquireBuffer(size, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);

  async function results(): Promise<Float32Array[]> {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(output, 0, staging, 0, size);
    queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const all = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    let at = 0;
    return sizes.map((count) => all.slice(at, at += count));
  }

  return {
    bytes: buffers.numBytesAllocated,
    results,
    replay(values) {
      flush(backend);
      values.forEach((input, i) => write(input, entries[i]!));
      for (let first = 0; first < steps.length; first += BATCH) {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        for (const { pipeline, group, dispatch } of steps.slice(first, first + BATCH)) {
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(...dispatch);
        }
        pass.end();
        queue.submit([encoder.finish()]);
      }
      return results();
    },
    destroy: () => buffers.dispose(),
  };
}
