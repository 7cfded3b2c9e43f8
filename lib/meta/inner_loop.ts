import { add, detach, gradients, mul, reshape, scale, sub, sumTo, type Value, variable } from "../autodiff/mod.ts";
import { crossEntropy, forward, mmd2, type Params } from "../model/mod.ts";
import { flattenTree, type Tree, unflattenTree } from "../tree/mod.ts";
import type { InnerOptions, TaskClips } from "./types.ts";

/** What the inner loop gives. */
export interface Adapted {
  /** θ′. A function of θ when the loop is differentiable, else fresh variables. */
  readonly params: Params;
  /** Weights after each step, the last of them θ′; empty without a step. */
  readonly path: readonly Params[];
  /** Support statistics under θ, before the first step, `[2, C]` a normalised layer. */
  readonly statisticsBefore: readonly Value[];
  /** λ1 L_pri + λ2 L_aux at θ, and L_pri alone; of several tasks `[T]`. */
  readonly loss: Value;
  readonly primaryLoss: Value;
}

/** Each task's slope times its rate: a scalar, or `[T]`. */
function byRate(slope: Value, rate: Value): Value {
  const tasks = rate.tensor.size;
  if (tasks === 1) return mul(slope, rate);
  const { shape, size } = slope.tensor;
  return reshape(mul(reshape(slope, [tasks, size / tasks]), reshape(rate, [tasks, 1])), shape);
}

/**
 * The inner loop of one task: θ′ = θ − α ∇θ [λ1 L_pri(D^s; θ) + λ2 L_aux(D^s, D^aux; θ)], `innerSteps` times.
 *
 * Support and macro clips are normalised by their own batches, support clips otherwise where `supportNorm` says so. Without macro clips, or with λ2 = 0, the auxiliary
 * loss is left out and λ1 stands as it is. With `innerScope: "head"` only the leaves named `head` move; the others pass
 * unchanged, as the values they are. Of T tasks each moves weights of its own: params, rates and results are those of all, one
 * after another, vectors `[T·C]`, other parameters `[T, …]`.
 *
 * @param params θ, of T tasks T times.
 * @param clips The task.
 * @param options The inner objective; `firstOrder` makes what moves leaves of its own.
 * @param rates Learned inner rates, a scalar (of T tasks `[T]`) a parameter tensor; default α for all.
 * @returns θ′ and the losses at θ.
 * @throws {TypeError} When several tasks are to be computed together over the classes present in each.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, variable } from "../autodiff/mod.ts";
 * import { initParams } from "../model/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { mapTree } from "../tree/mod.ts";
 * import { innerLoop } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = { decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2 } as const;
 * const theta = mapTree(initParams(architecture, createRandom(0)), variable);
 * const support = constant(tf.randomUniform([2, 1, 16, 16, 1], 0, 1, "float32", 1));
 * const { params } = innerLoop(theta, { support, supportLabels: [0, 1], query: null, queryLabels: [], macro: null }, {
 *   architecture, alpha: 0.1, innerSteps: 1, firstOrder: false, lambda1: 1, lambda2: 0, aux: "mmd", sigma: 1,
 * });
 * assertEquals(Object.keys(params), Object.keys(theta));
 * ```
 *
 * Source: paper 4.2, Algorithm 1, Eq. 4 (first level); Raghu et al. (2020) for the head alone.
 */
export function innerLoop(params: Params, clips: TaskClips, options: InnerOptions, rates?: Tree<Value>): Adapted {
  const {
    innerScope = "all",
    architecture,
    alpha,
    innerSteps,
    firstOrder,
    lambda1,
    lambda2,
    aux,
    sigma,
    classWeights,
    supportNorm,
  } = options;
  const { tasks = 1 } = clips;
  if (tasks > 1 && options.presentOnly) {
    throw new TypeError("Cannot adapt several tasks together: expected no presentOnly, whose classes differ by task");
  }
  const withMacro = clips.macro !== null && lambda2 !== 0;
  const present = options.presentOnly ? [...new Set(clips.supportLabels)] : undefined;
  const entropy = { tasks, ...(present && { present }), ...(classWeights && { classWeights }) };
  const steps = rates === undefined ? null : new Map(flattenTree(rates));

  let fast = params;
  const path: Params[] = [];
  let first: Omit<Adapted, "params" | "path"> | undefined;
  for (let step = 0; step < Math.max(innerSteps, 1); step++) {
    const support = forward(architecture, fast, clips.support, {
      ...supportNorm,
      want: { logits: true, auxiliary: withMacro },
    });
    const primaryLoss = crossEntropy(support.logits!, clips.supportLabels, entropy);
    let loss = scale(primaryLoss, lambda1);
    if (withMacro) {
      const macro = forward(architecture, fast, clips.macro!, { want: { auxiliary: true } });
      support.auxiliary.forEach((features, i) => {
        const distance = mmd2(features, macro.auxiliary[i]!, { sigma, crossOnly: aux === "cross-kernel", tasks });
        loss = add(loss, scale(distance, lambda2));
      });
    }
    first ??= { statisticsBefore: support.statistics, loss, primaryLoss };
    if (step >= innerSteps) break;

    const leaves = flattenTree(fast);
    const moving = leaves.filter(([name]) => innerScope === "all" || name.startsWith("head."));
    const slopes = gradients(sumTo(loss, []), moving.map(([, value]) => value), { createGraph: !firstOrder });
    const moved = new Map(moving.map(([name, value], i): [string, Value] => {
      const rate = steps?.get(name);
      const slope = slopes[i]!;
      const move = rate === undefined ? scale(slope, alpha) : byRate(slope, firstOrder ? detach(rate) : rate);
      return [name, firstOrder ? variable(sub(detach(value), move).tensor) : sub(value, move)];
    }));
    fast = unflattenTree(leaves.map(([name, value]): [string, Value] => [name, moved.get(name) ?? value]));
    path.push(fast);
  }
  return { params: fast, path, ...first! };
}
