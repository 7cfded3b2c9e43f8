import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";

/** The elements of a float32 tensor, in place. On WASM the view is invalid after the next allocation. */
export function heapView(tensor: tf.Tensor): Float32Array {
  const engine = tf.engine();
  if (tf.getBackend() === "wasm") {
    const backend = engine.backend as unknown as BackendWasm;
    return backend.typedArrayFromHeap(tensor) as Float32Array;
  }
  const backend = engine.backend as unknown as MathBackendCPU;
  return backend.data.get(tensor.dataId).values as Float32Array;
}

/** Makes a tensor and lets `fill` write it; views of inputs must be taken inside `fill`. */
export function makeOnHeap(shape: readonly number[], fill: (out: Float32Array) => void): tf.Tensor {
  if (tf.getBackend() === "cpu") {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    fill(values);
    return tf.tensor(values, shape as number[]);
  }
  const backend = tf.engine().backend as unknown as BackendWasm;
  const out = tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape as number[], "float32"));
  fill(heapView(out));
  return out;
}
