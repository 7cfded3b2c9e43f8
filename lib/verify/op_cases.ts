import {
  add,
  affine,
  avgPool,
  channelMoments,
  constant,
  conv2d,
  exp,
  logSoftmax,
  matMul,
  maxPool,
  meanOver,
  mul,
  relu,
  reshape,
  rsqrt,
  sigmoid,
  slice,
  sub,
  sumTo,
  tanh,
  temporalConv,
  transpose,
  upsampleBilinear,
  upsampleNearest,
  type Value,
} from "../autodiff/mod.ts";
import { crossEntropy, mmd2, NORM_EPSILON } from "../model/mod.ts";
import * as tf from "@tensorflow/tfjs-core";

/** One op of the reference file, in this project's ops. */
export type OpCase = (inputs: readonly Value[], about: Readonly<Record<string, unknown>>) => Value;

/** Batch norm of x by the statistics of `source`. */
function batchNorm(x: Value, source: Value, gamma: Value, beta: Value): Value {
  const c = gamma.tensor.size;
  const moments = channelMoments(source);
  const row = (i: number) => reshape(slice(moments, [i, 0], [1, c]), [c]);
  const slope = mul(gamma, rsqrt(add(row(1), constant(tf.scalar(NORM_EPSILON)))));
  return affine(x, slope, sub(beta, mul(row(0), slope)));
}

/** `[T, B, H, W, F]` → `[B, T, H, W, F]`. */
function timeSecond(x: Value): Value {
  const [t, b, h, w, f] = x.tensor.shape as [number, number, number, number, number];
  return reshape(transpose(reshape(x, [t, b, h * w * f]), [1, 0, 2]), [b, t, h, w, f]);
}

/** The cases of golden/ops.safetensors by name; see golden/make_golden.py for each definition. */
export const OP_CASES: Readonly<Record<string, OpCase>> = {
  conv2d_same_3x3: ([x, w]) => conv2d(x!, w!),
  conv2d_1x1: ([x, w]) => conv2d(x!, w!),
  conv2d_stride2_pad1: ([x, w]) => conv2d(x!, w!, { stride: 2, padding: [[1, 1], [1, 1]] }),
  conv3d_time_valid_k6: ([x, w]) => timeSecond(temporalConv(x!, w!)),
  conv3d_time_same_k6: ([x, w]) => timeSecond(temporalConv(x!, w!, [2, 3])),
  max_pool_2x2_even: ([x]) => maxPool(x!),
  max_pool_2x2_odd: ([x]) => maxPool(x!),
  avg_pool_2x2_even: ([x]) => avgPool(x!),
  avg_pool_2x2_odd: ([x]) => avgPool(x!),
  relu: ([x]) => relu(x!),
  batch_norm_batch_stats: ([x, gamma, beta]) => batchNorm(x!, x!, gamma!, beta!),
  batch_norm_support_stats: ([query, support, gamma, beta]) => batchNorm(query!, support!, gamma!, beta!),
  upsample_nearest_x2: ([x]) => upsampleNearest(x!),
  upsample_bilinear_x2: ([x]) => upsampleBilinear(x!),
  global_avg_pool: ([x]) => {
    const [b, h, w, c] = x!.tensor.shape as [number, number, number, number];
    return reshape(meanOver(x!, [h, w]), [b, c]);
  },
  dense: ([x, w, b]) => add(matMul(x!, w!), b!),
  softmax_cross_entropy: ([z], about) => crossEntropy(z!, about.labels as number[]),
  log_softmax: ([z]) => logSoftmax(z!),
  exp: ([x]) => exp(x!),
  sigmoid: ([x]) => sigmoid(x!),
  tanh: ([x]) => tanh(x!),
  l2_normalize: ([x]) => {
    const squares = sumTo(mul(x!, x!), [x!.tensor.shape[0]!, 1]);
    return mul(x!, rsqrt(add(squares, constant(tf.scalar(1e-12)))));
  },
  mmd2_biased: ([x, y], about) => mmd2(x!, y!, { sigma: about.sigma as number }),
  mmd2_unbiased: ([x, y], about) => mmd2(x!, y!, { sigma: about.sigma as number, unbiased: true }),
};
