import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  concat,
  constant,
  logSoftmax,
  matMul,
  mul,
  relu,
  reshape,
  rsqrt,
  scale,
  slice,
  sub,
  sumTo,
  transpose,
  type Value,
} from "../autodiff/mod.ts";
import { denseLayer, layer } from "./_layers.ts";
import type { Architecture, Memory, Params } from "./types.ts";

/** s of the attention softmax(s cos): cosines end at 1, too flat for a softmax by themselves. */
export const ATTENTION_SCALE = 10;

/** Logit of a class that the memory lacks: exp() of it is exactly 0 in float32. */
const ABSENT = -1e9;

/** −‖f − c‖² of all pairs, from differences: no cancellation. `[B, F]`, `[S, F]` → `[B, S]`. */
function euclidean(f: Value, c: Value): Value {
  const [b, size] = f.tensor.shape as [number, number];
  const s = c.tensor.shape[0]!;
  const difference = sub(reshape(f, [b, 1, size]), reshape(c, [1, s, size])); // [B, S, F]
  return scale(reshape(sumTo(mul(difference, difference), [b, s, 1]), [b, s]), -1);
}

/** Rows of length 1. `[B, F]`. */
function normalise(x: Value): Value {
  const squares = sumTo(mul(x, x), [x.tensor.shape[0]!, 1]);
  return mul(x, rsqrt(add(squares, constant(tf.scalar(1e-12)))));
}

/** The relation module on all pairs [c, f]; its first layer is split, so that no pair is written out. → `[B, S]`. */
function relation(params: Params, f: Value, c: Value): Value {
  const [b, size] = f.tensor.shape as [number, number];
  const s = c.tensor.shape[0]!;
  const { w, b: bias } = layer(params, "relation", "hidden");
  const ofClass = add(matMul(c, slice(w!, [0, 0], [size, size])), bias!); // [S, F]
  const ofClip = matMul(f, slice(w!, [size, 0], [size, size])); // [B, F]
  const hidden = relu(add(reshape(ofClip, [b, 1, size]), reshape(ofClass, [1, s, size]))); // [B, S, F]
  return reshape(denseLayer(reshape(hidden, [b * s, size]), layer(params, "relation", "out")), [b, s]);
}

/** log Σ exp(z) over some columns: zⱼ − log softmax(z)ⱼ is that number, whichever of them j is. `[B, S]` → `[B, 1]`. */
function logSumExp(z: Value, columns: readonly boolean[]): Value {
  const count = columns.filter((keep) => keep).length;
  const others = constant(tf.tensor1d(columns.map((keep) => keep ? 0 : ABSENT)));
  const shares = constant(tf.tensor2d(columns.map((keep) => keep ? 1 / count : 0), [columns.length, 1]));
  const only = add(z, others);
  return matMul(sub(only, logSoftmax(only)), shares);
}

/**
 * Logits of a network without a linear head, by comparison of features f with a memory:
 *
 * - `euclidean`: −‖f − c_k‖² to the class mean c_k;
 * - `cosine`: log Σ_{i of class k} exp(s cos(f, f_i)), whose softmax is the attention summed by class, s = 10;
 * - `relation`: w₂ · ReLU(W₁ [c_k, f] + b₁) + b₂.
 *
 * A class that the memory lacks has logit −1e9, probability 0.
 *
 * @param architecture Head and N.
 * @param params θ; only `relation` reads it.
 * @param features `[B, F]`.
 * @param memory `[S, F]` and S labels; see `classMemory`.
 * @returns `[B, N]`.
 * @throws {RangeError} When a label of the memory is no class, or a class has two means.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { metricLogits } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = { head: "euclidean", decoder: "none", channels: 1, frames: 1, inputChannels: 1, classes: 2 } as const;
 * const memory = { features: constant(tf.tensor2d([[0], [3]])), labels: [0, 1] };
 * const logits = metricLogits(architecture, {}, constant(tf.tensor2d([[1]])), memory);
 * assertEquals([...logits.tensor.dataSync()], [-1, -4]);
 * ```
 *
 * Source: Snell et al. (2017), Eq. 2; Vinyals et al. (2016), Eq. 1 and 4.1; Sung et al., Relation Network (2018), Eq. 1.
 */
export function metricLogits(architecture: Architecture, params: Params, features: Value, memory: Memory): Value {
  const { head = "linear", classes: n } = architecture;
  const { features: known, labels } = memory;
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= n);
  if (wrong !== undefined) {
    throw new RangeError(`Cannot compare: label ${wrong} of the memory is not one of ${n} classes`);
  }
  const absent = Array.from({ length: n }, (_, k) => !labels.includes(k));
  if (head === "cosine") {
    const z = scale(matMul(normalise(features), transpose(normalise(known), [1, 0])), ATTENTION_SCALE); // [B, S]
    const none = constant(tf.fill([features.tensor.shape[0]!, 1], ABSENT));
    return concat(absent.map((gone, k) => gone ? none : logSumExp(z, labels.map((label) => label === k))), 1);
  }
  if (new Set(labels).size < labels.length) {
    throw new RangeError(`Cannot compare: expected one mean a class, got labels ${labels}`);
  }
  const scores = head === "euclidean" ? euclidean(features, known) : relation(params, features, known);
  const place = labels.flatMap((label) => Array.from({ length: n }, (_, k) => label === k ? 1 : 0));
  const shift = constant(tf.tensor1d(absent.map((gone) => gone ? ABSENT : 0)));
  return add(matMul(scores, constant(tf.tensor2d(place, [labels.length, n]))), shift);
}
