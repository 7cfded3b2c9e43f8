import * as tf from "@tensorflow/tfjs-core";

/**
 * Reads tensors of float32 back. From WebGPU they come in one piece: every reading of its own waits for the device.
 *
 * @param tensors Borrowed.
 * @returns The elements of each, in order.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend, readTensors } from "./mod.ts";
 * await chooseBackend("cpu");
 * const [a, b] = await readTensors([tf.tensor1d([1, 2]), tf.scalar(3)]);
 * assertEquals([[...a!], [...b!]], [[1, 2], [3]]);
 * ```
 */
export async function readTensors(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  if (tf.getBackend() !== "webgpu" || tensors.length < 2) {
    return await Promise.all(tensors.map((tensor) => tensor.data() as Promise<Float32Array>));
  }
  const joined = tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))));
  const all = await joined.data() as Float32Array;
  joined.dispose();
  let at = 0;
  return tensors.map(({ size }) => all.slice(at, at += size));
}
