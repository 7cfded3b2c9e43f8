import * as tf from "@tensorflow/tfjs-core";
import { eachTask } from "./_each_task.ts";
import { onGpu } from "./_gpu.ts";
import { gpuConv } from "./_gpu_conv.ts";
import { nativeConv } from "./_native_conv.ts";

type Padding = readonly [readonly [number, number], readonly [number, number]];

/** Cross-correlation of x `[T·B, H, W, C]` and w `[kh, kw, C, F]`, or `[T, kh, kw, C, F]` with a filter a task. */
export function conv2dKernel(x: tf.Tensor, w: tf.Tensor, stride: number, padding: Padding): tf.Tensor {
  const tasks = w.rank === 5 ? w.shape[0]! : 1;
  if (onGpu()) return gpuConv(x, w, { tasks, stride, padding });
  if (w.rank === 5) {
    const clips = [x.shape[0]! / tasks, ...x.shape.slice(1)];
    return eachTask(
      tasks,
      [[x, clips], [w, w.shape.slice(1)]],
      0,
      (part, filter) => conv2dKernel(part!, filter!, stride, padding),
    );
  }
  const sizes = { input: x.shape, kernel: w.shape, outputs: w.shape[3]!, stride, padding };
  const own = nativeConv("conv", x, w, sizes);
  if (own !== null) return own;
  const explicit = [[0, 0], [...padding[0]], [...padding[1]], [0, 0]] as [
    [number, number],
    [number, number],
    [number, number],
    [number, number],
  ];
  return tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, explicit);
}
