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
  scale,
  slice,
  sub,
  type Value,
} from "../autodiff/mod.ts";
import { tasksOf } from "./_layers.ts";
import { NORM_EPSILON } from "./norm_epsilon.ts";
import type { NormFold, NormOptions } from "./types.ts";

/**
 * Batch norm for the layers of one pass: takes the statistics handed in, in order, else the batch's own. Where a layer's
 * vectors are those of T tasks, `[T·C]`, so are the statistics, `[2, T·C]`, and each task is a batch of its own.
 */
export interface Normaliser {
  /**
   * γ (x − m)/σ + β of a map `[B, H, W, C]`.
   *
   * @param moments `[2, C]` of x where they are known already; taken unless statistics were handed in.
   */
  norm(x: Value, layer: Record<string, Value>, moments?: () => Value): Value;
  /**
   * 3×3 convolution, norm, ReLU and 2×2 max pool, in an order that passes over the largest map as rarely as possible: with
   * s = sign γ folded into the filter, γ(z − m)/σ + β = |γ|(s z − s m)/σ + β grows with s z, so pooling comes first and
   * normalisation and ReLU work on a quarter of the elements. A bias (`b`, if there is one) cancels against the mean in
   * exact arithmetic and is left out; statistics handed in and out include it, as PyTorch's do.
   */
  convNormPool(x: Value, layer: Record<string, Value>): Value;
  /** The statistics used so far. */
  readonly used: readonly Value[];
}

/** Row i of `[2, C]`. */
function row(value: Value, i: number): Value {
  const c = value.tensor.shape[1]!;
  return reshape(slice(value, [i, 0], [1, c]), [c]);
}

/** 1 / σ. */
function inverseDeviation(variance: Value): Value {
  return rsqrt(add(variance, constant(tf.scalar(NORM_EPSILON))));
}

/** Moments of s·z turned into those of z + b: the mean's sign restored and the bias added. */
function withSignAndBias(moments: Value, sign: Value, b: Value | undefined): Value {
  const c = sign.tensor.size;
  const first = constant(tf.tensor2d([1, 0], [2, 1]));
  const signs = constant(tf.concat([tf.reshape(sign.tensor, [1, c]), tf.ones([1, c])], 0));
  const signed = mul(moments, signs);
  return b === undefined ? signed : add(signed, mul(first, reshape(b, [1, c])));
}

/** Moments `[2, C]` of the mixture of two distributions, the first with share w. */
function mixMoments(own: Value, given: Value, share: number): Value {
  const c = own.tensor.shape[1]!;
  const apart = reshape(sub(row(own, 0), row(given, 0)), [1, c]);
  const second = constant(tf.tensor2d([0, 1], [2, 1]));
  const between = mul(second, mul(apart, apart)); // [2, C], its first row zero
  return add(add(scale(own, share), scale(given, 1 - share)), scale(between, share * (1 - share)));
}

/** −1 where γ < 0, else 1: a constant, its derivative is zero almost everywhere. */
function signOf(gamma: Value): Value {
  return constant(tf.sub(1, tf.mul(2, tf.cast(tf.less(gamma.tensor, 0), "float32"))));
}

/** γ (x − m)/σ + β as x · slope + shift. */
function foldOf(gamma: Value, beta: Value, mean: Value, variance: Value): Omit<NormFold, "sign"> {
  const slope = mul(gamma, inverseDeviation(variance));
  return { slope, shift: sub(beta, mul(mean, slope)) };
}

/** Starts a pass over normalised layers. */
export function createNormaliser({ statistics: given, ownShare = 0, folds }: NormOptions = {}): Normaliser {
  const used: Value[] = [];
  /** What the next layer normalises with: statistics handed in, the batch's own, or a mixture. */
  const next = (own: () => Value): Value => {
    const replayed = given?.[used.length];
    const statistics = replayed === undefined
      ? own()
      : ownShare === 0
      ? replayed
      : mixMoments(own(), replayed, ownShare);
    used.push(statistics);
    return statistics;
  };
  /** The next layer's fold, where it is one of statistics handed in alone: those are known before the map is. */
  const kept = (make: (statistics: Value) => NormFold): NormFold | undefined => {
    const replayed = given?.[used.length];
    if (folds === undefined || replayed === undefined) return undefined;
    const fold = folds.take(used.length, () => make(replayed));
    used.push(replayed);
    return fold;
  };
  return {
    used,
    norm(x, { gamma, beta }, moments = () => channelMoments(x, tasksOf(gamma!, x))) {
      const fold = (statistics: Value): NormFold => ({
        sign: null,
        ...foldOf(gamma!, beta!, row(statistics, 0), row(statistics, 1)),
      });
      const { slope, shift } = kept(fold) ?? fold(next(moments));
      return affine(x, slope, shift);
    },
    convNormPool(x, { w, b, gamma, beta }) {
      /** The fold for s·z without bias; the batch's own moments are those already, and the bias there and back would cost accuracy. */
      const fold = (sign: Value, statistics: Value, own?: Value): NormFold => {
        const biased = row(statistics, 0);
        const mean = own !== undefined ? row(own, 0) : mul(b === undefined ? biased : sub(biased, b), sign);
        return { sign, ...foldOf(mul(gamma!, sign), beta!, mean, row(statistics, 1)) };
      };
      const normalised = (z: Value, { slope, shift }: NormFold) => relu(affine(maxPool(z), slope, shift)); // [B, H/2, W/2, C]
      const known = kept((statistics) => fold(signOf(gamma!), statistics));
      if (known !== undefined) return normalised(conv2d(x, affine(w!, known.sign!, null)), known);
      const sign = signOf(gamma!);
      const z = conv2d(x, affine(w!, sign, null)); // s·z without bias, [B, H, W, C]
      let own: Value | undefined;
      const statistics = next(() => {
        own = channelMoments(z, tasksOf(sign, z));
        return withSignAndBias(own, sign, b);
      });
      return normalised(z, fold(sign, statistics, given === undefined ? own : undefined));
    },
  };
}

/** Shapes of a convolution without bias and its norm: `w`, then `gamma` and `beta` of its output. */
export function convNormShapes(path: string, kernel: number, cin: number, cout: number): [string, number[]][] {
  return [[`${path}.w`, [kernel, kernel, cin, cout]], [`${path}.gamma`, [cout]], [`${path}.beta`, [cout]]];
}
