import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * A thunk for the gradient of one input, called only when that gradient is wanted; null where there is none.
 */
export type InputGradient = (() => Value) | null;

/**
 * The vector-Jacobian product of an op, written in differentiable ops so that it can be differentiated again.
 *
 * It receives everything it needs as arguments: with `createGraph: false` the same rule is run on detached values,
 * so a rule must never capture a {@linkcode Value} from outside.
 */
export type Backward = (dy: Value, inputs: readonly Value[], output: Value) => readonly InputGradient[];

/** A tensor and how it came about: a node of the graph that {@linkcode gradients} walks backwards. */
export class Value {
  constructor(
    readonly tensor: Tensor,
    readonly inputs: readonly Value[],
    /** Null for constants and variables. */
    readonly backward: Backward | null,
    /** Whether a gradient can flow to or through it. */
    readonly requiresGrad: boolean,
  ) {}
}

/**
 * Wraps a tensor through which no gradient flows.
 *
 * @param tensor Borrowed.
 * @returns The constant.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { constant } from "./mod.ts";
 * constant(tf.scalar(1));
 * ```
 */
export function constant(tensor: Tensor): Value {
  return new Value(tensor, [], null, false);
}

/**
 * Wraps a tensor with respect to which gradients may be taken.
 *
 * @param tensor Borrowed.
 * @returns The leaf.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { variable } from "./mod.ts";
 * variable(tf.scalar(1));
 * ```
 */
export function variable(tensor: Tensor): Value {
  return new Value(tensor, [], null, true);
}

/**
 * Cuts a value from its history: the same tensor as a constant (stop-gradient).
 *
 * @param value Any value.
 * @returns A constant that shares its tensor.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { detach, variable } from "./mod.ts";
 * detach(variable(tf.scalar(1)));
 * ```
 */
export function detach(value: Value): Value {
  return value.requiresGrad ? constant(value.tensor) : value;
}

/**
 * Records the result of an op: the only way a graph grows.
 *
 * @param tensor The forward value.
 * @param inputs The op's inputs.
 * @param backward Its rule; see {@linkcode Backward}.
 * @returns A node, or a constant when no input can carry a gradient.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { record, variable } from "./mod.ts";
 * const x = variable(tf.scalar(3));
 * record(tf.neg(x.tensor), [x], (dy) => [() => record(tf.neg(dy.tensor), [dy], () => [null])]);
 * ```
 */
export function record(tensor: Tensor, inputs: readonly Value[], backward: Backward): Value {
  return inputs.some((input) => input.requiresGrad) ? new Value(tensor, inputs, backward, true) : constant(tensor);
}
