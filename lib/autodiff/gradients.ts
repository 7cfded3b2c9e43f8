import * as tf from "@tensorflow/tfjs-core";
import { add } from "./add.ts";
import { constant, detach, type Value } from "./value.ts";

/** Options of {@linkcode gradients}. */
export interface GradientsOptions {
  /** Make the gradients differentiable in turn (second order). Default false: intermediate tensors die early. */
  readonly createGraph?: boolean;
}

/** Nodes from inputs to outputs, restricted to those on a path from `targets` to `root`. */
function relevantOrder(root: Value, targets: ReadonlySet<Value>): Value[] {
  const relevant = new Map<Value, boolean>();
  const order: Value[] = [];
  const stack: { node: Value; next: number }[] = [{ node: root, next: 0 }];
  const open = new Set<Value>([root]);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const child = top.node.inputs[top.next++];
    if (child !== undefined) {
      if (child.requiresGrad && !relevant.has(child) && !open.has(child)) {
        open.add(child);
        stack.push({ node: child, next: 0 });
      }
      continue;
    }
    stack.pop();
    const reaches = targets.has(top.node) || top.node.inputs.some((input) => relevant.get(input) === true);
    relevant.set(top.node, reaches);
    if (reaches) order.push(top.node);
  }
  return order;
}

/**
 * Reverse-mode derivative of a scalar (or of ⟨y, dy⟩) with respect to values it was computed from.
 *
 * Unlike the tape of TensorFlow.js, whose rules save clones of outputs that it then takes for constants, a rule here
 * receives the graph's own nodes, so that with `createGraph` the result is exact at any order.
 *
 * @param y What to differentiate: any shape when `dy` is given, else a scalar.
 * @param xs Values to differentiate with respect to; variables or intermediate ones.
 * @param options `createGraph`, and `dy`: the cotangent of `y`'s shape (default: one).
 * @returns One gradient for each of `xs`, of its shape; zeros where `y` does not depend on it. Tensors belong to the
 * surrounding `tf.tidy`.
 * @throws {TypeError} When `y` is no scalar and no `dy` is given, or `dy` has another shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { gradients, mul, variable } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const x = variable(tf.scalar(3));
 * const [dx] = gradients(mul(x, mul(x, x)), [x], { createGraph: true });
 * const [ddx] = gradients(dx!, [x]);
 * assertEquals([dx!.tensor.dataSync()[0], ddx!.tensor.dataSync()[0]], [27, 18]);
 * ```
 */
export function gradients(
  y: Value,
  xs: readonly Value[],
  options: GradientsOptions & { readonly dy?: Value } = {},
): Value[] {
  const { createGraph = false, dy } = options;
  if (dy === undefined && y.tensor.size !== 1) {
    throw new TypeError(`Cannot differentiate: expected a scalar, got shape [${y.tensor.shape}]`);
  }
  if (dy !== undefined && String(dy.tensor.shape) !== String(y.tensor.shape)) {
    throw new TypeError(`Cannot differentiate: expected dy of shape [${y.tensor.shape}], got [${dy.tensor.shape}]`);
  }
  const targets = new Set(xs);
  const order = relevantOrder(y, targets);
  const zeros = (x: Value) => constant(tf.zerosLike(x.tensor));
  if (order.length === 0) return xs.map(zeros);
  const onPath = new Set(order);
  const pending = new Map<Value, Value>([[y, dy ?? constant(tf.onesLike(y.tensor))]]);
  // Without a graph to keep, a cotangent's tensor is dropped as soon as its node has been passed. One tensor may
  // serve several nodes (the rule of add hands the same dy to both inputs), hence the count.
  const uses = new Map<number, number>();
  const hold = (value: Value) => uses.set(value.tensor.id, (uses.get(value.tensor.id) ?? 0) + 1);
  const drop = (value: Value) => {
    const left = (uses.get(value.tensor.id) ?? 1) - 1;
    uses.set(value.tensor.id, left);
    if (left === 0 && !createGraph) value.tensor.dispose();
  };
  if (dy !== undefined) hold(dy);
  hold(pending.get(y)!);

  const pass = (node: Value): void => {
    const cotangent = pending.get(node);
    if (cotangent === undefined || node.backward === null) return;
    const inputs = createGraph ? node.inputs : node.inputs.map(detach);
    const rules = node.backward(cotangent, inputs, createGraph ? node : detach(node));
    node.inputs.forEach((input, i) => {
      const rule = rules[i];
      if (!rule || !onPath.has(input)) return;
      const gradient = rule();
      const before = pending.get(input);
      if (before === undefined) {
        pending.set(input, gradient);
        hold(gradient);
      } else {
        const sum = add(before, gradient);
        hold(gradient);
        pending.set(input, sum);
        hold(sum);
        drop(before);
        drop(gradient);
      }
    });
  };
  for (const node of order.reverse()) {
    if (createGraph) pass(node);
    else {
      const kept: tf.Tensor[] = [];
      tf.tidy(() => {
        pass(node);
        for (const input of node.inputs) {
          const gradient = pending.get(input);
          if (gradient !== undefined && !gradient.tensor.isDisposed) kept.push(gradient.tensor);
        }
        return kept;
      });
    }
    if (!targets.has(node)) {
      const cotangent = pending.get(node);
      if (cotangent !== undefined) {
        pending.delete(node);
        drop(cotangent);
      }
    }
  }
  return xs.map((x) => pending.get(x) ?? zeros(x));
}
