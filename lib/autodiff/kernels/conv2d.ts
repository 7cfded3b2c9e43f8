import * as tf from "@tensorflow/tfjs-core";
import { nativeConv } from "./_native_conv.ts";

type Padding = readonly [readonly [number, number], readonly [number, number]];

/** Cross-correlation of x `[B, H, W, C]` and w `[kh, kw, C, F]`. */
export function conv2dKernel(x: tf.Tensor, w: tf.Tensor, stride: number, padding: Padding): tf.Tensor {
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
