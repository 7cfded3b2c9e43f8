import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  constant,
  detach,
  gradients,
  mul,
  reshape,
  scale,
  sub,
  sumTo,
  type Value,
  variable,
} from "../autodiff/mod.ts";
import { crossEntropy, forward, mmd2, type Params } from "../model/mod.ts";
import { flattenTree, type Tree, unflattenTree } from "../tree/mod.ts";
import type { InnerOptions, TaskClips } from "./types.ts";

/** What the inner loop gives. */
export interface Adapted {
  /** θ′. A function of θ when the loop is differentiable, else fresh variables. */
  readonly params: Params;
  /** Weights after each step, the last of them θ′; empty without a step. */
  readonly path: readonly Params[];
  /** Support statistics under θ, before the first step, `[2, C]` a normalised layer; like the losses constant to first order. */
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

/** What a step gives. */
interface Step {
  readonly before: Omit<Adapted, "params" | "path">;
  readonly moved: readonly Value[];
}

/** Takes a step to first order: nothing is differentiated through it, so what it made is freed but for its results. */
function keepingTensors(descend: () => Step): Step {
  const kept = tf.tidy(() => {
    const { before, moved } = descend();
    return {
      moved: moved.map(({ tensor }) => tensor),
      statistics: before.statisticsBefore.map(({ tensor }) => tensor),
      loss: before.loss.tensor,
      primaryLoss: before.primaryLoss.tensor,
    };
  });
  return {
    moved: kept.moved.map(constant),
    before: {
      statisticsBefore: kept.statistics.map(constant),
      loss: constant(kept.loss),
      primaryLoss: constant(kept.primaryLoss),
    },
  };
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
  const moves = (name: string) => innerScope === "all" || name.startsWith("head.");

  const losses = (fast: Params): Omit<Adapted, "params" | "path"> => {
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
    return { statisticsBefore: support.statistics, loss, primaryLoss };
  };
  const moveBy = (fast: Params, loss: Value): Value[] => {
    const moving = flattenTree(fast).filter(([name]) => moves(name));
    const slopes = gradients(sumTo(loss, []), moving.map(([, value]) => value), { createGraph: !firstOrder });
    return moving.map(([name, value], i) => {
      const rate = steps?.get(name);
      const slope = slopes[i]!;
      const move = rate === undefined ? scale(slope, alpha) : byRate(slope, firstOrder ? detach(rate) : rate);
      return sub(firstOrder ? detach(value) : value, move);
    });
  };

  let fast = params;
  const path: Params[] = [];
  let first: Omit<Adapted, "params" | "path"> | undefined;
  for (let step = 0; step < innerSteps; step++) {
    const from = fast;
    const descend = () => {
      const before = losses(from);
      return { before, moved: moveBy(from, before.loss) };
    };
    const { before, moved } = firstOrder ? keepingTensors(descend) : descend();
    first ??= before;
    const to = moved.map((value) => firstOrder ? variable(value.tensor) : value);
    fast = unflattenTree(
      flattenTree(from).map(([name, value]): [string, Value] => [name, moves(name) ? to.shift()! : value]),
    );
    path.push(fast);
  }
  first ??= losses(params);
  return { params: fast, path, ...first };
}
