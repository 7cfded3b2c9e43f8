import type * as tf from "@tensorflow/tfjs-core";
import { gradients, type Value, variable } from "../autodiff/mod.ts";
import { crossEntropy, forward } from "../model/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { innerLoop } from "./inner_loop.ts";
import type { InnerOptions, TaskClips } from "./types.ts";

/** Options of {@linkcode metaGradient}. */
export interface MetaOptions extends InnerOptions {
  /** `support`: queries are normalised by support statistics under θ′; `transductive`: by their own batch. */
  readonly norm: "support" | "transductive";
}

/** The outer gradient of one task, as tensors of the surrounding scope. */
export interface MetaGradient {
  /** ∇θ of the outer loss, θ's structure. */
  readonly params: Tree<tf.Tensor>;
  /** Its gradient with respect to learned inner rates, when there are any (none to first order). */
  readonly rates: Tree<tf.Tensor> | null;
  /** θ′. */
  readonly adapted: Tree<tf.Tensor>;
  /** L_pri(D^q; θ′), a scalar, and its logits `[B, N]`. */
  readonly queryLoss: tf.Tensor;
  readonly queryLogits: tf.Tensor;
  /** The inner objective at θ, a scalar. */
  readonly innerLoss: tf.Tensor;
}

/**
 * The outer gradient of one task: ∇θ L_pri(D^q; θ′(θ)), through the inner step exactly, or to first order.
 *
 * With `norm: "support"` the statistics that normalise the queries are those of the support set under θ′, and the
 * gradient flows through them. To first order the gradient is taken at θ′ and handed on to θ (FOMAML).
 *
 * @param theta θ, tensors.
 * @param clips The task, with queries.
 * @param options Inner and outer objective.
 * @param rates Learned inner rates, a scalar a parameter tensor.
 * @returns Gradients, losses and logits; call it inside `tf.tidy`.
 * @throws {TypeError} When the task has no queries.
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
 * Source: paper 4.2, Algorithm 1, Eq. 4 (second level); Finn et al. 2017.
 */
export function metaGradient(
  theta: Tree<tf.Tensor>,
  clips: TaskClips,
  options: MetaOptions,
  rates?: Tree<tf.Tensor>,
): MetaGradient {
  const { architecture, norm, firstOrder } = options;
  const { query, queryLabels } = clips;
  if (query === null) throw new TypeError("Cannot take a meta-gradient: expected query clips, got none");
  const params = mapTree(theta, variable);
  const rateValues = rates && mapTree(rates, variable);
  const adapted = innerLoop(params, clips, options, rateValues);
  const statistics = norm === "support"
    ? forward(architecture, adapted.params, clips.support, { want: {} }).statistics
    : null;
  const { logits } = forward(architecture, adapted.params, query, {
    ...(statistics && { statistics }),
    want: { logits: true },
  });
  const loss = crossEntropy(logits!, queryLabels, options.classWeights ? { classWeights: options.classWeights } : {});

  const leaves = flattenTree(params);
  // To first order θ′ are leaves of their own: their gradient is handed to θ, and none reaches the rates.
  const targets = firstOrder ? flattenTree(adapted.params) : leaves;
  const rateLeaves = rateValues === undefined || firstOrder ? [] : flattenTree(rateValues);
  const slopes = gradients(loss, [...targets, ...rateLeaves].map(([, value]) => value));
  const named = (from: number, names: readonly (readonly [string, Value])[]) =>
    unflattenTree(names.map(([path], i): [string, tf.Tensor] => [path, slopes[from + i]!.tensor]));
  return {
    params: named(0, leaves),
    rates: rateLeaves.length > 0 ? named(leaves.length, rateLeaves) : null,
    adapted: mapTree(adapted.params, (value) => value.tensor),
    queryLoss: loss.tensor,
    queryLogits: logits!.tensor,
    innerLoss: adapted.loss.tensor,
  };
}
