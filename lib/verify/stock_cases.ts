import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs"; // registers its gradients
import type { OpEvaluator } from "./types.ts";

type Stock = (inputs: readonly tf.Tensor[], about: Readonly<Record<string, unknown>>) => tf.Tensor;

function batchNorm(x: tf.Tensor, source: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const axes = source.shape.map((_, i) => i).slice(0, -1);
  const { mean, variance } = tf.moments(source, axes);
  return tf.batchNorm(
    x as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    beta as tf.Tensor1D,
    gamma as tf.Tensor1D,
    1e-5,
  );
}

function mmd2(x: tf.Tensor, y: tf.Tensor, sigma: number, unbiased: boolean): tf.Tensor {
  const kernel = (a: tf.Tensor, b: tf.Tensor) => {
    const difference = tf.sub(tf.expandDims(a, 1), tf.expandDims(b, 0));
    return tf.exp(tf.div(tf.sum(tf.square(difference), -1), -2 * sigma * sigma));
  };
  const within = (a: tf.Tensor) => {
    const n = a.shape[0]!;
    const sum = tf.sum(kernel(a, a));
    return unbiased ? tf.div(tf.sub(sum, n), n * (n - 1)) : tf.div(sum, n * n);
  };
  return tf.sub(tf.add(within(x), within(y)), tf.mul(2, tf.mean(kernel(x, y))));
}

/** The cases as a user of TensorFlow.js would write them. */
const STOCK: Readonly<Record<string, Stock>> = {
  conv2d_same_3x3: ([x, w]) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
  conv2d_1x1: ([x, w]) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"),
  conv2d_stride2_pad1: ([x, w]) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 1),
  conv3d_time_valid_k6: ([x, w]) =>
    tf.conv3d(tf.pad(x!, [[0, 0], [0, 0], [1, 1], [1, 1], [0, 0]]) as tf.Tensor5D, w as tf.Tensor5D, 1, "valid"),
  conv3d_time_same_k6: ([x, w]) =>
    tf.conv3d(tf.pad(x!, [[0, 0], [2, 3], [1, 1], [1, 1], [0, 0]]) as tf.Tensor5D, w as tf.Tensor5D, 1, "valid"),
  max_pool_2x2_even: ([x]) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
  max_pool_2x2_odd: ([x]) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"),
  avg_pool_2x2_even: ([x]) => tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"),
  avg_pool_2x2_odd: ([x]) => tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"),
  relu: ([x]) => tf.relu(x!),
  batch_norm_batch_stats: ([x, gamma, beta]) => batchNorm(x!, x!, gamma!, beta!),
  batch_norm_support_stats: ([query, support, gamma, beta]) => batchNorm(query!, support!, gamma!, beta!),
  upsample_nearest_x2: ([x]) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [2 * x!.shape[1]!, 2 * x!.shape[2]!]),
  upsample_bilinear_x2: ([x]) =>
    tf.image.resizeBilinear(x as tf.Tensor4D, [2 * x!.shape[1]!, 2 * x!.shape[2]!], false, true),
  global_avg_pool: ([x]) => tf.mean(x!, [1, 2]),
  dense: ([x, w, b]) => tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b!),
  softmax_cross_entropy: ([z], about) => {
    const labels = about.labels as number[];
    return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, "int32"), z!.shape[1]!), z!);
  },
  log_softmax: ([z]) => tf.logSoftmax(z!),
  exp: ([x]) => tf.exp(x!),
  sigmoid: ([x]) => tf.sigmoid(x!),
  tanh: ([x]) => tf.tanh(x!),
  l2_normalize: ([x]) => tf.div(x!, tf.sqrt(tf.add(tf.sum(tf.square(x!), -1, true), 1e-12))),
  mmd2_biased: ([x, y], about) => mmd2(x!, y!, about.sigma as number, false),
  mmd2_unbiased: ([x, y], about) => mmd2(x!, y!, about.sigma as number, true),
};

/** First and second order through the tape of TensorFlow.js. */
export const stockHvp: OpEvaluator = (name, inputs, cotangent, directions, about) => {
  const f = (...xs: tf.Tensor[]) => STOCK[name]!(xs, about);
  const y = f(...inputs);
  const dy = tf.reshape(cotangent, y.shape);
  const vjpOf = (...xs: tf.Tensor[]) => tf.grads(f)(xs, dy);
  // Zero times each input keeps every input in the graph, as in a larger network: alone, tf.grads refuses an input that
  // the result does not depend on, right or wrong.
  const inner = (...xs: tf.Tensor[]) =>
    tf.addN([
      ...vjpOf(...xs).map((g, i) => tf.sum(tf.mul(g, directions[i]!))),
      ...xs.map((x) => tf.mul(0, tf.sum(x))),
    ]) as tf.Scalar;
  return { y, vjp: vjpOf(...inputs), hvp: tf.grads(inner)([...inputs]) };
};
