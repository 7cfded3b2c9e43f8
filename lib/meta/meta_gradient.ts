import type * as tf from "@tensorflow/tfjs-core";
import { add, gradients, scale, sumTo, variable } from "../autodiff/mod.ts";
import { crossEntropy, forward, type Params } from "../model/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { repeatTree } from "./repeat_tree.ts";
import { queriesOf } from "./_task_clips.ts";
import { innerLoop } from "./inner_loop.ts";
import type { InnerOptions, TaskClips, TaskGradient } from "./types.ts";

/** Options of {@linkcode metaGradient}. */
export interface MetaOptions extends InnerOptions {
  /** `support`: queries are normalised by support statistics under θ′; `transductive`: by their own batch. */
  readonly norm: "support" | "transductive";
  /**
   * A weight for the query loss after each inner step (multi-step loss), `[innerSteps]`; the objective is their weighted
   * sum. Default: the last step alone.
   */
  readonly stepWeights?: readonly number[];
}

/** The outer gradient of one task, or of several, as tensors of the surrounding scope. */
export interface MetaGradient extends TaskGradient {
  /** θ′. */
  readonly adapted: Tree<tf.Tensor>;
  /** The inner objective at θ, a scalar or `[T]`. */
  readonly innerLoss: tf.Tensor;
}

/**
 * The outer gradient of one task: ∇θ L_pri(D^q; θ′(θ)), through the inner step exactly, or to first order.
 *
 * With `norm: "support"` the statistics that normalise the queries are those of the support set under θ′, and the
 * gradient flows through them. To first order the gradient is taken at θ′ and handed on to θ (FOMAML). With
 * `innerScope: "head"` (ANIL) the body's gradient is exact in either case, as the body does not move.
 *
 * Several tasks are computed together: θ is repeated for each, no sum reaches over two tasks but that of their losses, and so
 * the gradient of the copies is the tasks' gradients, one after another. An accelerator has as much to do for it as the tasks
 * have, in as many dispatches as one.
 *
 * @param theta θ, tensors.
 * @param clips The task or tasks, with queries.
 * @param options Inner and outer objective.
 * @param rates Learned inner rates, a scalar a parameter tensor.
 * @returns Gradients, losses and logits; call it inside `tf.tidy`.
 * @throws {TypeError} When the task has no queries.
 * @throws {RangeError} When there is not one weight a step.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { initParams } from "../model/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { metaGradient } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = { decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2 } as const;
 * const theta = initParams(architecture, createRandom(0));
 * const clips = constant(tf.randomUniform([2, 1, 16, 16, 1], 0, 1, "float32", 1));
 * const task = { support: clips, supportLabels: [0, 1], query: clips, queryLabels: [0, 1], macro: null };
 * const { params } = metaGradient(theta, task, {
 *   architecture, alpha: 0.1, innerSteps: 1, firstOrder: false, lambda1: 1, lambda2: 0, aux: "mmd", sigma: 1,
 *   norm: "support",
 * });
 * assertEquals(Object.keys(params), Object.keys(theta));
 * ```
 *
 * Source: paper 4.2, Algorithm 1, Eq. 4 (second level); Finn et al. 2017; Antoniou et al. 2019 for step weights.
 */
export function metaGradient(
  theta: Tree<tf.Tensor>,
  clips: TaskClips,
  options: MetaOptions,
  rates?: Tree<tf.Tensor>,
): MetaGradient {
  const { architecture, norm, firstOrder } = options;
  const { queryLabels, tasks = 1 } = clips;
  const query = queriesOf(clips);
  const params = mapTree(repeatTree(theta, tasks), variable);
  const rateValues = rates && mapTree(repeatTree(rates, tasks), variable);
  const adapted = innerLoop(params, clips, options, rateValues);
  const { path } = adapted;
  const weights = options.stepWeights ?? path.map((_, i) => i === path.length - 1 ? 1 : 0);
  if (weights.length !== path.length) {
    throw new RangeError(`Cannot weigh the steps: expected ${path.length} weights, got ${weights.length}`);
  }
  const entropy = { tasks, ...(options.classWeights && { classWeights: options.classWeights }) };
  const queriesAt = (weightsAt: Params) => {
    const statistics = norm === "support"
      ? forward(architecture, weightsAt, clips.support, { want: {} }).statistics
      : null;
    const { logits } = forward(architecture, weightsAt, query, {
      ...(statistics && { statistics }),
      want: { logits: true },
    });
    return { logits: logits!.tensor, loss: crossEntropy(logits!, queryLabels, entropy) };
  };
  // Without a step the queries are asked at θ itself.
  const final = queriesAt(adapted.params);
  const last = path.length === 0 ? 1 : weights[path.length - 1]!;
  let objective = last === 1 ? final.loss : scale(final.loss, last);
  path.slice(0, -1).forEach((weightsAt, i) => {
    if (weights[i] !== 0) objective = add(objective, scale(queriesAt(weightsAt).loss, weights[i]!));
  });

  const leaves = flattenTree(params);
  // To first order what moved are leaves of their own: their gradients are handed to θ, and none reaches the rates.
  const sources = firstOrder && path.length > 0 ? path.map((tree) => new Map(flattenTree(tree))) : [new Map(leaves)];
  const targets = leaves.map(([name]) => [...new Set(sources.map((source) => source.get(name)!))]);
  const rateLeaves = rateValues === undefined || firstOrder ? [] : flattenTree(rateValues);
  const slopes = gradients(sumTo(objective, []), [...targets.flat(), ...rateLeaves.map(([, value]) => value)]);
  const taken = (count: number) => slopes.splice(0, count).reduce(add).tensor;
  return {
    params: unflattenTree(leaves.map(([name], i): [string, tf.Tensor] => [name, taken(targets[i]!.length)])),
    rates: rateLeaves.length === 0
      ? null
      : unflattenTree(rateLeaves.map(([name]): [string, tf.Tensor] => [name, taken(1)])),
    adapted: mapTree(adapted.params, (value) => value.tensor),
    queryLoss: final.loss.tensor,
    queryLogits: final.logits,
    innerLoss: adapted.loss.tensor,
  };
}
