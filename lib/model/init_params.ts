import * as tf from "@tensorflow/tfjs-core";
import type { Random } from "../random/mod.ts";
import { type Tree, unflattenTree } from "../tree/mod.ts";
import { parameterShapes } from "./parameter_shapes.ts";
import type { Architecture } from "./types.ts";

/** Layers that no ReLU follows. */
const LAST = ["head.w", "relation.out.w"];

/**
 * Draws a network's first parameters: He-normal filters (variance 2 / fan-in), weights of the last layer of variance 1 / fan-in,
 * zero biases, unit γ, zero β.
 *
 * @param architecture What decides the shapes.
 * @param random The stream to draw from.
 * @returns A tree of tensors, owned by the caller.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { createRandom } from "../random/mod.ts";
 * import { initParams } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const shape = { decoder: "none", channels: 4, frames: 8, inputChannels: 3, classes: 3 } as const;
 * const params = initParams(shape, createRandom(0)) as { head: { w: tf.Tensor } };
 * assertEquals(params.head.w.shape, [4, 3]);
 * ```
 *
 * Source: He et al. (2015), Delving Deep into Rectifiers.
 */
export function initParams(architecture: Architecture, random: Random): Tree<tf.Tensor> {
  return unflattenTree(
    parameterShapes(architecture).map(([path, shape]): [string, tf.Tensor] => {
      const size = shape.reduce((a, b) => a * b, 1);
      if (path.endsWith(".gamma")) return [path, tf.ones(shape)];
      if (!path.endsWith(".w")) return [path, tf.zeros(shape)];
      const fanIn = size / shape[shape.length - 1]!;
      const spread = Math.sqrt((LAST.includes(path) ? 1 : 2) / fanIn);
      return [path, tf.tensor(Float32Array.from({ length: size }, () => spread * random.normal()), shape)];
    }),
  );
}
