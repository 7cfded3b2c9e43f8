import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { add, constant, gradients, matMul, variable } from "../../lib/autodiff/mod.ts";
import { crossEntropy, type CrossEntropyOptions } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { read } from "../_util/network.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

const LOGITS = [[1, 2, -1], [0, 0.5, 3], [-2, 1, 0.25]];

/** Σ wᵢ (log Σₖ exp zᵢₖ − zᵢ) / Σ wᵢ over the present classes, as torch.nn.CrossEntropyLoss(weight) defines it. */
function byHand(labels: number[], { classWeights = [1, 1, 1], present = [0, 1, 2] }: CrossEntropyOptions): number {
  let sum = 0;
  let total = 0;
  labels.forEach((label, i) => {
    const row = LOGITS[i]!;
    const partition = present.reduce((acc, k) => acc + Math.exp(row[k]!), 0);
    sum += classWeights[label]! * (Math.log(partition) - row[label]!);
    total += classWeights[label]!;
  });
  return sum / total;
}

const CASES: readonly (readonly [string, number[], CrossEntropyOptions])[] = [
  ["is the mean of −log softmax", [0, 1, 2], {}],
  ["weighs clips by their class and divides by the weights, as PyTorch does", [0, 2, 2], { classWeights: [0.2, 1, 3] }],
  ["takes the softmax over present classes alone", [0, 2, 0], { present: [0, 2] }],
  ["does both at once", [2, 1, 2], { classWeights: [9, 2, 0.5], present: [1, 2] }],
];

for (const [what, labels, options] of CASES) {
  Deno.test(`crossEntropy() ${what}`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const loss = crossEntropy(constant(tf.tensor2d(LOGITS)), labels, options);
      assertEquals(loss.tensor.shape, []);
      assertAlmostEquals(read(loss)[0]!, byHand(labels, options), 1e-6);
    });
  });
}

onEachBackend(
  "crossEntropy() over present classes leaves the head's other columns without gradient, exactly",
  async () => {
    const [w, b] = tf.tidy(() => {
      const head = variable(tf.tensor2d([[0.1, -0.2, 0.3], [1, 2, 3]]));
      const bias = variable(tf.tensor1d([0.5, 0, -0.5]));
      const features = constant(tf.tensor2d([[1, 2], [3, 4]]));
      const loss = crossEntropy(add(matMul(features, head), bias), [0, 2], { present: [0, 2] });
      return gradients(loss, [head, bias]).map(({ tensor }) => tensor) as [tf.Tensor, tf.Tensor];
    });
    const [dw, db] = [await w.data(), await b.data()];
    assertEquals([Math.abs(dw[1]!), Math.abs(dw[4]!), Math.abs(db[1]!)], [0, 0, 0]);
    assert([dw[0], dw[2], dw[3], dw[5], db[0], db[2]].every((value) => value !== 0));
    tf.dispose([w, b]);
  },
);

Deno.test("crossEntropy() stays finite for logits far apart", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const logits = variable(tf.tensor2d([[500, -500], [-500, 500]]));
    const loss = crossEntropy(logits, [0, 0]);
    assertEquals(read(loss), [500]);
    assertEquals(read(gradients(loss, [logits])[0]!), [0, 0, -0.5, 0.5]);
  });
});

Deno.test("crossEntropy() refuses labels that are no class, absent, or of another count", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const logits = constant(tf.zeros([2, 3]));
    for (const label of [3, -1, 0.5, NaN]) {
      assertThrows(
        () => crossEntropy(logits, [0, label]),
        RangeError,
        `label ${label} of clip 1 is not among classes 0,1,2`,
      );
    }
    assertThrows(() => crossEntropy(logits, [0, 1], { present: [0, 2] }), RangeError, "label 1 of clip 1");
    assertThrows(() => crossEntropy(logits, [0]), TypeError, "Cannot take the cross-entropy: expected 2 labels, got 1");
  });
});
