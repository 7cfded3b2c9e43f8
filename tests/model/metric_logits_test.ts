import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { add, constant, gradients, mul, sumTo, type Value, variable } from "../../lib/autodiff/mod.ts";
import { type Architecture, classMemory, type Memory, metricLogits, metricLoss } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import type { Tree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { derivativeAtZero, dot, numbers } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

type Head = NonNullable<Architecture["head"]>;

/** Two features, three classes. */
const shape = (head: Head): Architecture => ({
  decoder: "none",
  channels: 2,
  frames: 1,
  inputChannels: 1,
  classes: 3,
  head,
});

const rows = (values: number[][]): Value => constant(tf.tensor2d(values));

/** Support clips of classes 0 and 2; class 1 is absent. */
const SUPPORT = { features: [[0, 0], [2, 0], [0, 3]], labels: [0, 0, 2] };

/** W₁ [c, f] = (c₁ + f₁, c₂ − f₂), b₁ = (0, 1), w₂ = (2, −1), b₂ = 0.5. */
const relation = (): Tree<Value> => ({
  relation: {
    hidden: { w: rows([[1, 0], [0, 1], [1, 0], [0, -1]]), b: constant(tf.tensor1d([0, 1])) },
    out: { w: rows([[2], [-1]]), b: constant(tf.tensor1d([0.5])) },
  },
});

/** Logits and probabilities of clips for a memory of {@linkcode SUPPORT}. */
async function answers(head: Head, features: number[][], support = SUPPORT): Promise<{ z: number[][]; p: number[][] }> {
  const [z, p] = tf.tidy(() => {
    const memory = classMemory(shape(head), rows(support.features), { labels: support.labels });
    const { tensor } = metricLogits(shape(head), relation(), rows(features), memory);
    return [tensor, tf.softmax(tensor as tf.Tensor2D)];
  });
  const table = async (tensor: tf.Tensor) => {
    const data = [...await tensor.data()];
    tensor.dispose();
    return features.map((_, i) => data.slice(3 * i, 3 * i + 3));
  };
  return { z: await table(z), p: await table(p) };
}

function assertRow(got: readonly number[], expected: readonly number[], limit = 1e-5): void {
  expected.forEach((value, i) => assertAlmostEquals(got[i]!, value, limit * Math.max(1, Math.abs(value))));
}

onEachBackend("metricLogits() euclidean is −‖f − c_k‖² to class means, and gives an absent class nothing", async () => {
  // Means (1, 0) and (0, 3). f = (1, 1): −1 and −(1 + 4); f = (0, 3): −(1 + 9) and 0.
  const { z, p } = await withTensorCount(() => answers("euclidean", [[1, 1], [0, 3]]));
  assertRow(z[0]!, [-1, -1e9, -5]);
  assertRow(z[1]!, [-10, -1e9, 0]);
  assertRow(p[0]!, [1 / (1 + Math.exp(-4)), 0, Math.exp(-4) / (1 + Math.exp(-4))]);
  assertEquals(p[0]![1], 0);
});

onEachBackend("metricLogits() cosine is the attention over single clips, summed by class", async () => {
  // f = (3, 0): cosines 1, 0.6 with class 0, 0 with class 2; attention is their softmax at s = 10.
  const support = { features: [[2, 0], [3, 4], [0, 5]], labels: [0, 0, 2] };
  const { p } = await withTensorCount(() => answers("cosine", [[3, 0], [0, 0.01]], support));
  const shares = (cosines: number[]) => {
    const raw = cosines.map((c) => Math.exp(10 * c));
    const sum = raw.reduce((a, b) => a + b);
    return [(raw[0]! + raw[1]!) / sum, 0, raw[2]! / sum];
  };
  assertRow(p[0]!, shares([1, 0.6, 0]));
  assertRow(p[1]!, shares([0, 0.8, 1]));
});

onEachBackend("metricLogits() relation is w₂ ReLU(W₁ [c, f] + b₁) + b₂ on class means", async () => {
  // c₀ = (1, 0), f = (1, 3): ReLU(2, 0 − 3 + 1) = (2, 0) → 4.5. c₂ = (0, 3): ReLU(1, 1) = (1, 1) → 1.5.
  const { z } = await withTensorCount(() => answers("relation", [[1, 3]]));
  assertRow(z[0]!, [4.5, -1e9, 1.5]);
});

Deno.test("metricLoss() of a relation is the squared error of its scores to one-hot, an absent class aside", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const score = (z: number) => 1 / (1 + Math.exp(-z));
    const logits = variable(tf.tensor2d([[1, -1e9, -2], [0, -1e9, 3]]));
    const first = (score(1) - 1) ** 2 + score(-2) ** 2;
    const second = 0.25 + (score(3) - 1) ** 2;
    const loss = metricLoss(shape("relation"), logits, { labels: [0, 2] });
    assertAlmostEquals(loss.tensor.dataSync()[0]!, (first + second) / 2, 1e-6);
    const slope = gradients(loss, [logits])[0]!.tensor.dataSync();
    assertEquals([slope[1], slope[4]], [0, 0]);
    assertAlmostEquals(slope[0]!, (score(1) - 1) * score(1) * (1 - score(1)), 1e-6);
    const weighed = metricLoss(shape("relation"), logits, { labels: [0, 2], classWeights: [3, 1, 1] });
    assertAlmostEquals(weighed.tensor.dataSync()[0]!, (3 * first + second) / 4, 1e-6);
    // Other heads: cross-entropy.
    const entropy = metricLoss(shape("euclidean"), constant(tf.tensor2d([[0, 0, 0]])), { labels: [1] });
    assertAlmostEquals(entropy.tensor.dataSync()[0]!, Math.log(3), 1e-6);
  });
});

for (const head of ["euclidean", "cosine", "relation"] as const) {
  onEachBackend(`metricLogits() and its memory are exact to second order: ${head}`, async () => {
    const sizes = [[4, 2], [5, 2]] as const; // query and support features
    const at = sizes.map(([n, f], i) => numbers(n * f, `${head} at ${i}`).map((x) => x + 2));
    const ways = [0, 1].map((j) => sizes.map(([n, f], i) => numbers(n * f, `${head} way ${j} ${i}`, "unit")));
    const v = numbers(12, `${head} v`, "unit");
    const moved = (arrays: readonly Float32Array[], way: readonly Float32Array[], t: number) =>
      arrays.map((array, i) => array.map((x, k) => x + t * way[i]![k]!));
    /** ⟨logits, v⟩, its gradient, and the gradient of ⟨that, first way⟩. */
    const evaluate = async (arrays: readonly Float32Array[]) => {
      const tensors = tf.tidy(() => {
        const [f, s] = arrays.map((array, i) => variable(tf.tensor2d(array, [...sizes[i]!])));
        const memory = classMemory(shape(head), s!, { labels: [0, 1, 1, 2, 2] });
        const params = {
          relation: {
            hidden: {
              w: rows([[0.4, 0.1], [0.2, 0.5], [0.3, -0.1], [-0.2, 0.3]]),
              b: constant(tf.tensor1d([1, 1.5])),
            },
            out: { w: rows([[1], [-0.5]]), b: constant(tf.tensor1d([0.5])) },
          },
        };
        const logits = metricLogits(shape(head), params, f!, memory);
        // Squared, so that the relation's piecewise linear scores have a second derivative.
        const squared = head === "relation" ? mul(logits, logits) : logits;
        const y = sumTo(mul(squared, constant(tf.tensor2d(v, [4, 3]))), []);
        const slopes = gradients(y, [f!, s!], { createGraph: true });
        const directed = slopes
          .map((slope, i) => sumTo(mul(slope, constant(tf.tensor2d(ways[0]![i]!, [...sizes[i]!]))), []))
          .reduce((a, b) => add(a, b));
        return [y, ...slopes, ...gradients(directed, [f!, s!])].map(({ tensor }) => tf.clone(tensor));
      });
      const out = await Promise.all(tensors.map(async (tensor) => await tensor.data() as Float32Array));
      tf.dispose(tensors);
      return { y: out[0]![0]!, first: out.slice(1, 3), second: out.slice(3) };
    };
    const { first, second } = await withTensorCount(() => evaluate(at));
    const along = (arrays: readonly Float32Array[], way: readonly Float32Array[]) =>
      arrays.reduce((sum, array, i) => sum + dot(array, way[i]!), 0);
    const norm = (arrays: readonly Float32Array[]) => Math.sqrt(arrays.reduce((sum, a) => sum + dot(a, a), 0));
    const firstSaid = await derivativeAtZero(async (t) => (await evaluate(moved(at, ways[0]!, t))).y, 0.02);
    assert(
      Math.abs(along(first, ways[0]!) - firstSaid) < 3e-4 * (norm(first) * norm(ways[0]!) + 1),
      `first order ${along(first, ways[0]!)}, differences ${firstSaid}`,
    );
    const secondSaid = await derivativeAtZero(
      async (t) => along((await evaluate(moved(at, ways[1]!, t))).first, ways[0]!),
      0.02,
    );
    assert(
      Math.abs(along(second, ways[1]!) - secondSaid) < 3e-4 * (norm(second) * norm(ways[1]!) + 1),
      `second order ${along(second, ways[1]!)}, differences ${secondSaid}`,
    );
  });
}

Deno.test("a memory that does not fit is refused", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const features = rows([[0, 1], [1, 0]]);
    const ask = (head: Head, labels: number[]) => {
      const memory: Memory = { features, labels };
      return metricLogits(shape(head), relation(), features, memory);
    };
    assertThrows(
      () => ask("cosine", [0, 3]),
      RangeError,
      "Cannot compare: label 3 of the memory is not one of 3 classes",
    );
    assertThrows(
      () => ask("euclidean", [1, 1]),
      RangeError,
      "Cannot compare: expected one mean a class, got labels 1,1",
    );
    assertThrows(
      () => classMemory(shape("cosine"), features, { labels: [0] }),
      TypeError,
      "Cannot remember clips: expected 2 labels, got 1",
    );
    assertThrows(
      () => metricLoss(shape("relation"), rows([[1, 2, 3]]), { labels: [3] }),
      RangeError,
      "Cannot take the loss: label 3 is not one of 3 classes",
    );
    assertThrows(
      () => metricLoss(shape("relation"), rows([[1, 2, 3]]), { labels: [] }),
      TypeError,
      "Cannot take the loss: expected 1 labels, got 0",
    );
  });
});
