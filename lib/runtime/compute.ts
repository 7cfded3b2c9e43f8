import * as tf from "@tensorflow/tfjs-core";
import { gpuLimits } from "./gpu_limits.ts";
import { gpuBackend } from "./_gpu_backend.ts";
import { type GpuRecording, recordGpu } from "./_record_gpu.ts";
import { readTensors } from "./read_tensors.ts";
import type { Compute, ComputeInput, Computer } from "./types.ts";

/** Keys that are remembered to have come once. */
const SEEN = 32;

/** Computations after which a recording that none of them used makes room. */
const STALE = 64;

/** Options of {@linkcode createComputer}. */
export interface ComputerOptions {
  /** Bytes that recordings may hold together. @default {what the device is taken to have} */
  readonly memory?: number;
}

/** Records a computation; null where the device has no memory for the recording's buffers. */
async function recordIfRoom(...work: Parameters<typeof recordGpu>): Promise<GpuRecording | null> {
  const { device } = gpuBackend();
  // What is done with a buffer that could not be made is not valid either.
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  let recording: GpuRecording | null = null;
  let failure: unknown;
  try {
    recording = recordGpu(...work);
  } catch (error) {
    failure = error;
  }
  const errors = [await device.popErrorScope(), await device.popErrorScope()];
  if (errors.some((error) => error !== null)) {
    recording?.destroy();
    return null;
  }
  if (failure !== undefined) throw failure;
  return recording;
}

/**
 * Does a computation on the current backend.
 *
 * @param _key Which computation it is; see {@linkcode createComputer}.
 * @param inputs Arrays, which become its tensors.
 * @param compute Gives float32 tensors; called inside `tf.tidy`.
 * @returns The elements of each tensor.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend, computeOnce } from "./mod.ts";
 * await chooseBackend("cpu");
 * const input = { shape: [2], data: Float32Array.of(1, 2) };
 * const [squares] = await computeOnce("squares", [input], ([x]) => [tf.square(x!)]);
 * assertEquals([...squares!], [1, 4]);
 * ```
 */
export const computeOnce: Compute = async (_key, inputs, compute) => {
  const given = ({ data, shape }: ComputeInput) => data instanceof Float32Array ? tf.tensor(data, [...shape]) : data;
  const tensors = tf.tidy(() => [...compute(inputs.map(given))]);
  try {
    return await readTensors(tensors);
  } finally {
    tf.dispose(tensors);
  }
};

/**
 * Does computations on the current backend, each under a key that says which it is: two of one key differ in the numbers of their
 * inputs alone. On WebGPU a computation that comes a second time is recorded, and from the third time on replayed, which
 * spares the host nearly all its work. A recording holds its buffers: together they hold no more than {@linkcode gpuLimits} has, or
 * there is only one; those long unused are freed, and what there is no room for is done without. One computation at a time. After
 * `close` nothing is kept any more.
 *
 * @param options How much recordings may hold.
 * @returns The computer; close it to free what it recorded.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend, createComputer } from "./mod.ts";
 * await chooseBackend("cpu");
 * const computer = createComputer();
 * const input = { shape: [2], data: Float32Array.of(1, 2) };
 * const [squares] = await computer.compute("squares", [input], ([x]) => [tf.square(x!)]);
 * assertEquals([...squares!], [1, 4]);
 * computer.close();
 * ```
 */
export function createComputer(options: ComputerOptions = {}): Computer {
  const seen = new Set<string>();
  const recordings = new Map<string, GpuRecording>();
  /** When each was used last, or was found to have no room, in computations. */
  const used = new Map<string, number>();
  const refused = new Map<string, number>();
  let now = 0;
  let closed = false;
  const drop = (key: string) => {
    recordings.get(key)?.destroy();
    recordings.delete(key);
    used.delete(key);
  };
  const dropAll = () => [...recordings.keys()].forEach(drop);
  const forgetStale = () => {
    for (const [key, time] of used) if (now - time > STALE) drop(key);
    for (const [key, time] of refused) if (now - time > STALE) refused.delete(key);
  };
  /** The second time that a key comes, unless there was no room for it lately. */
  const isWorth = (key: string) => {
    if (refused.has(key)) return false;
    if (seen.delete(key)) return true;
    seen.add(key);
    if (seen.size > SEEN) seen.delete(seen.values().next().value!);
    return false;
  };
  return {
    async compute(key, inputs, compute) {
      const limits = gpuLimits();
      if (limits === null) return await computeOnce(key, inputs, compute);
      now++;
      forgetStale();
      const known = recordings.get(key);
      if (known !== undefined) {
        used.set(key, now);
        return await known.replay(inputs);
      }
      if (!isWorth(key)) return await computeOnce(key, inputs, compute);
      const recording = await recordIfRoom(inputs, compute);
      if (recording === null) {
        refused.set(key, now);
        dropAll();
        return await computeOnce(key, inputs, compute);
      }
      const bytes = [...recordings.values()].reduce((sum, other) => sum + other.bytes, recording.bytes);
      if (!closed && (recordings.size === 0 || bytes <= (options.memory ?? limits.memory))) {
        recordings.set(key, recording);
        used.set(key, now);
        return await recording.results();
      }
      refused.set(key, now);
      try {
        return await recording.results();
      } finally {
        recording.destroy();
      }
    },
    close() {
      closed = true;
      dropAll();
    },
  };
}
