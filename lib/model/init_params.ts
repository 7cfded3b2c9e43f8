import * as tf from "@tensorflow/tfjs-core";
import type { Random } from "../random/mod.ts";
import { type Tree, unflattenTree } from "../tree/mod.ts";
import { BACKBONES } from "./backbones.ts";
import { parameterShapes } from "./parameter_shapes.ts";
import type { Architecture } from "./types.ts";

/** Layers that no ReLU follows. */
const LAST = ["head.w", "relation.out.w"];

/** Adds one at the centre of an odd filter `[k, k, C, F]`, from channel f mod C to output f. */
function addCentre(values: Float32Array, shape: readonly number[]): void {
  const [kh, kw, cin, cout] = shape as [number, number, number, number];
  const centre = (kh * kw - 1) / 2;
  for (let f = 0; f < cout; f++) values[(centre * cin + f % cin) * cout + f]! += 1;
}

/**
 * Draws a network's first parameters: He-normal filters (variance 2 / fan-in), weights of the last layer of variance
 * 1 / fan-in, zero biases, unit γ, zero β; with the exceptions that a backbone's plan names (last norms of ResNet,
 * filters of VGG-19).
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
 * Source: He et al. (2015), Delving Deep into Rectifiers; Zagoruyko and Komodakis (2017), DiracNets, for centre taps.
 */
export function initParams(architecture: Architecture, random: Random): Tree<tf.Tensor> {
  const { backbone = "conv4", channels, inputChannels } = architecture;
  const { gains = {}, centred = [] } = BACKBONES[backbone].plan(channels, inputChannels);
  return unflattenTree(
    parameterShapes(architecture).map(([path, shape]): [string, tf.Tensor] => {
      const size = shape.reduce((a, b) => a * b, 1);
      if (path.endsWith(".gamma")) return [path, tf.fill(shape, gains[path] ?? 1)];
      if (!path.endsWith(".w")) return [path, tf.zeros(shape)];
      const fanIn = size / shape[shape.length - 1]!;
      const withTap = centred.includes(path);
      const spread = Math.sqrt((LAST.includes(path) || withTap ? 1 : 2) / fanIn);
      const values = Float32Array.from({ length: size }, () => spread * random.normal());
      if (withTap) addCentre(values, shape);
      return [path, tf.tensor(values, shape)];
    }),
  );
}
