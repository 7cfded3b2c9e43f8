import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  affine,
  channelMoments,
  constant,
  conv2d,
  maxPool,
  mul,
  relu,
  reshape,
  rsqrt,
  slice,
  sub,
  type Value,
} from "../autodiff/mod.ts";
import { layer } from "./_layers.ts";
import type { Params } from "./types.ts";

/** Added to a variance before its root, as in PyTorch's batch norm. */
export const NORM_EPSILON = 1e-5;

/** Number of blocks, and of normalised layers. */
export const CONV4_BLOCKS = 4;

/** What the backbone gives. */
export interface BackboneOutput {
  /** Maps after each block, at 1/2, 1/4, 1/8 and 1/16 of the input's side: `[B, h, w, C]`. */
  readonly maps: readonly Value[];
  /** `[2, C]` mean and variance each block was normalised with. */
  readonly statistics: readonly Value[];
}

/**
 * Conv4: four blocks of 3×3 convolution, batch norm, ReLU and 2×2 max pool.
 *
 * A block is computed in an order that passes over its largest map as rarely as possible. With s = sign γ folded into the
 * filter, γ(z − m)/σ + β = |γ|(s z − s m)/σ + β grows with s z, so pooling comes first and normalisation and ReLU
 * work on a quarter of the elements. The convolution's bias cancels against the mean in exact arithmetic and is left
 * out; statistics handed in and out include it, as PyTorch's do.
 *
 * @param params `conv1` … `conv4`, each `{w: [3, 3, C, C], b, gamma, beta: [C]}`.
 * @param frames `[B, H, W, C]`, sides multiples of 16.
 * @param statistics `[2, C]` mean and variance a block; without them the batch's own.
 * @returns Maps and statistics.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { mapTree } from "../tree/mod.ts";
 * import { conv4, initParams } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const shape = { decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2 } as const;
 * const params = mapTree(initParams(shape, createRandom(0)), constant);
 * assertEquals(conv4(params, constant(tf.zeros([1, 16, 16, 1]))).maps[3]!.tensor.shape, [1, 1, 1, 2]);
 * ```
 *
 * Source: Finn et al., MAML (2017), appendix; paper 4.1.
 */
export function conv4(params: Params, frames: Value, statistics?: readonly Value[]): BackboneOutput {
  const maps: Value[] = [];
  const used: Value[] = [];
  let x = frames;
  for (let block = 0; block < CONV4_BLOCKS; block++) {
    const { w, b, gamma, beta } = layer(params, `conv${block + 1}`);
    const c = gamma!.tensor.size;
    // −1 where γ < 0, else 1: a constant, its derivative is zero almost everywhere.
    const sign = constant(tf.sub(1, tf.mul(2, tf.cast(tf.less(gamma!.tensor, 0), "float32"))));
    const z = conv2d(x, mul(w!, sign)); // s·z without bias, [B, H, W, C]
    const row = (value: Value, i: number) => reshape(slice(value, [i, 0], [1, c]), [c]);
    let mean: Value; // of s·z without bias
    let variance: Value;
    const given = statistics?.[block];
    if (given === undefined) {
      const moments = channelMoments(z);
      mean = row(moments, 0);
      variance = row(moments, 1);
      used.push(withBias(moments, sign, b!));
    } else {
      mean = mul(sub(row(given, 0), b!), sign);
      variance = row(given, 1);
      used.push(given);
    }
    const slope = mul(mul(gamma!, sign), rsqrt(add(variance, constant(tf.scalar(NORM_EPSILON)))));
    x = relu(affine(maxPool(z), slope, sub(beta!, mul(mean, slope)))); // [B, H/2, W/2, C]
    maps.push(x);
  }
  return { maps, statistics: used };
}

/** Moments of s·z turned into those of z + b: the mean's sign restored and the bias added. */
function withBias(moments: Value, sign: Value, b: Value): Value {
  const c = b.tensor.size;
  const first = constant(tf.tensor2d([1, 0], [2, 1]));
  const signs = constant(tf.concat([tf.reshape(sign.tensor, [1, c]), tf.ones([1, c])], 0));
  return add(mul(moments, signs), mul(first, reshape(b, [1, c])));
}
