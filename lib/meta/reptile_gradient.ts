import * as tf from "@tensorflow/tfjs-core";
import { concat, constant, variable } from "../autodiff/mod.ts";
import { crossEntropy, forward } from "../model/mod.ts";
import { mapTree, type Tree, zipTrees } from "../tree/mod.ts";
import { checkOneTask, queriesOf } from "./_task_clips.ts";
import { innerLoop } from "./inner_loop.ts";
import type { MetaGradient, MetaOptions } from "./meta_gradient.ts";
import type { TaskClips } from "./types.ts";

/**
 * Reptile's direction of one task: (θ − θ_k) / (α k), θ_k being the end of k = `innerSteps` plain gradient steps at rate
 * α on the task's support and query clips together.
 *
 * For k = 1 it is the gradient at θ, so that the size is that of a gradient whatever α and k are. There is no auxiliary
 * loss, no second order and no held-out half: the loss and logits of the queries, at θ_k and normalised as `norm` says, are
 * those of clips that were trained on.
 *
 * @param theta θ, tensors.
 * @param clips The task, with queries; macro clips take no part.
 * @param options The inner objective; of λ1 and λ2, aux and firstOrder nothing is read.
 * @returns The direction, losses and logits; call it inside `tf.tidy`.
 * @throws {TypeError} When the task has no queries, or there are several.
 * @throws {RangeError} When there is no inner step.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { initParams } from "../model/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { reptileGradient } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = { decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2 } as const;
 * const theta = initParams(architecture, createRandom(0));
 * const clips = constant(tf.randomUniform([2, 1, 16, 16, 1], 0, 1, "float32", 1));
 * const task = { support: clips, supportLabels: [0, 1], query: clips, queryLabels: [0, 1], macro: null };
 * const { params } = reptileGradient(theta, task, {
 *   architecture, alpha: 0.1, innerSteps: 2, firstOrder: true, lambda1: 1, lambda2: 0, aux: "mmd", sigma: 1,
 *   norm: "support",
 * });
 * assertEquals(Object.keys(params), Object.keys(theta));
 * ```
 *
 * Source: Nichol et al., On First-Order Meta-Learning Algorithms (2018), Algorithm 2.
 */
export function reptileGradient(theta: Tree<tf.Tensor>, clips: TaskClips, options: MetaOptions): MetaGradient {
  const { architecture, alpha, innerSteps, norm, classWeights } = options;
  const query = queriesOf(clips);
  checkOneTask(clips);
  if (innerSteps < 1) throw new RangeError(`Cannot take Reptile's direction: expected inner steps, got ${innerSteps}`);
  const all = {
    support: concat([clips.support, query], 0),
    supportLabels: [...clips.supportLabels, ...clips.queryLabels],
    query: null,
    queryLabels: [],
    macro: null,
  };
  const plain = { ...options, firstOrder: true, lambda1: 1, lambda2: 0 };
  const end = innerLoop(mapTree(theta, variable), all, plain);
  const adapted = mapTree(end.params, (value) => value.tensor);
  const weights = mapTree(adapted, constant);
  const statistics = norm === "support" ? forward(architecture, weights, clips.support, { want: {} }).statistics : null;
  const { logits } = forward(architecture, weights, query, {
    ...(statistics && { statistics }),
    want: { logits: true },
  });
  const loss = crossEntropy(logits!, clips.queryLabels, classWeights && { classWeights });
  return {
    params: zipTrees(theta, adapted, (from, to) => tf.div(tf.sub(from, to), alpha * innerSteps)),
    rates: null,
    adapted,
    queryLoss: loss.tensor,
    queryLogits: logits!.tensor,
    innerLoss: end.loss.tensor,
  };
}
