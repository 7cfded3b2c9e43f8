import type * as tf from "@tensorflow/tfjs-core";
import { gradients, variable } from "../autodiff/mod.ts";
import { type Architecture, classMemory, forward, metricLoss } from "../model/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { checkOneTask, queriesOf } from "./_task_clips.ts";
import type { TaskClips, TaskGradient } from "./types.ts";

/** Options of {@linkcode metricGradient}. */
export interface MetricOptions {
  /** With a head of `euclidean`, `cosine` or `relation`. */
  readonly architecture: Architecture;
  /** `support`: queries are normalised by the support set's statistics; `transductive`: by their own batch. */
  readonly norm: "support" | "transductive";
  /** Weight of each class, `[N]`. */
  readonly classWeights?: readonly number[];
}

/**
 * The gradient of one task for a network that compares: ∇θ L(D^q; θ, memory(D^s; θ)), through both sides.
 *
 * There is no inner loop: the support set makes the memory and, with `norm: "support"`, the statistics that normalise the
 * queries; the gradient flows through the queries, the memory and the statistics.
 *
 * @param theta θ, tensors.
 * @param clips The task, with queries; macro clips take no part.
 * @param options Network, normalisation and class weights.
 * @returns The gradient, and the loss and logits of the queries; call it inside `tf.tidy`.
 * @throws {TypeError} When the task has no queries, or there are several.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { initParams } from "../model/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { metricGradient } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = {
 *   head: "euclidean", decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2,
 * } as const;
 * const theta = initParams(architecture, createRandom(0));
 * const clips = constant(tf.randomUniform([2, 1, 16, 16, 1], 0, 1, "float32", 1));
 * const task = { support: clips, supportLabels: [0, 1], query: clips, queryLabels: [0, 1], macro: null };
 * assertEquals(Object.keys(metricGradient(theta, task, { architecture, norm: "support" }).params), Object.keys(theta));
 * ```
 *
 * Source: Snell et al. (2017), Algorithm 1; Vinyals et al. (2016), Eq. 7; Sung et al. (2018), Eq. 2.
 */
export function metricGradient(theta: Tree<tf.Tensor>, clips: TaskClips, options: MetricOptions): TaskGradient {
  const { architecture, norm, classWeights } = options;
  const query = queriesOf(clips);
  checkOneTask(clips);
  const params = mapTree(theta, variable);
  const support = forward(architecture, params, clips.support, { want: { features: true } });
  const { logits } = forward(architecture, params, query, {
    memory: classMemory(architecture, support.features!, { labels: clips.supportLabels }),
    ...(norm === "support" && { statistics: support.statistics }),
    want: { logits: true },
  });
  const loss = metricLoss(architecture, logits!, { labels: clips.queryLabels, ...(classWeights && { classWeights }) });
  const leaves = flattenTree(params);
  const slopes = gradients(loss, leaves.map(([, value]) => value));
  return {
    params: unflattenTree(leaves.map(([path], i): [string, tf.Tensor] => [path, slopes[i]!.tensor])),
    rates: null,
    queryLoss: loss.tensor,
    queryLogits: logits!.tensor,
  };
}
