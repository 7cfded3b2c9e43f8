import * as tf from "@tensorflow/tfjs-core";
import { constant, variable } from "../../lib/autodiff/mod.ts";
import { innerLoop, type MetaOptions, type TaskClips } from "../../lib/meta/mod.ts";
import { forward } from "../../lib/model/mod.ts";
import { mapTree, type Tree } from "../../lib/tree/mod.ts";

/** The outer loss as a function of θ and the rates, in float64 from the logits on: what differences are taken of. */
export function outerLoss(
  theta: Tree<tf.Tensor>,
  task: TaskClips,
  options: MetaOptions,
  rates?: Tree<tf.Tensor>,
): number {
  return tf.tidy(() => {
    const { architecture, stepWeights } = options;
    const start = mapTree(theta, variable);
    // To first order θ′ has the same value, and no graph is kept.
    const { path } = innerLoop(start, task, { ...options, firstOrder: true }, rates && mapTree(rates, constant));
    return path.reduce((sum, params, step) => {
      const weight = stepWeights?.[step] ?? (step === path.length - 1 ? 1 : 0);
      if (weight === 0) return sum;
      const { statistics } = forward(architecture, params, task.support, { want: {} });
      const given = options.norm === "support" ? { statistics } : {};
      const { logits } = forward(architecture, params, task.query!, { ...given, want: { logits: true } });
      return sum + weight * meanLoss(logits!.tensor.dataSync() as Float32Array, task.queryLabels);
    }, 0);
  });
}

/** Mean cross-entropy in float64. */
export function meanLoss(logits: Float32Array, labels: readonly number[]): number {
  const n = logits.length / labels.length;
  const losses = labels.map((label, i) => {
    const row = [...logits.subarray(i * n, (i + 1) * n)];
    const top = Math.max(...row);
    return Math.log(row.reduce((sum, z) => sum + Math.exp(z - top), 0)) + top - row[label]!;
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}
