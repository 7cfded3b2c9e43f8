import type { Value } from "../autodiff/mod.ts";
import { layer } from "./_layers.ts";
import { createNormaliser } from "./_normaliser.ts";
import type { BackboneOutput, BackbonePlan, NormOptions, Params } from "./types.ts";

/** Number of blocks, and of normalised layers. */
export const CONV4_BLOCKS = 4;

/**
 * Conv4: four blocks of 3×3 convolution, batch norm, ReLU and 2×2 max pool.
 *
 * @param params `conv1` … `conv4`, each `{w: [3, 3, C, C], b, gamma, beta: [C]}`.
 * @param frames `[B, H, W, C]`, sides multiples of 16.
 * @param statistics `[2, C]` mean and variance a block; without them the batch's own.
 * @returns Maps and statistics.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { mapTree } from "../tree/mod.ts";
 * import { conv4, initParams } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const shape = { decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2 } as const;
 * const params = mapTree(initParams(shape, createRandom(0)), constant);
 * assertEquals(conv4(params, constant(tf.zeros([1, 16, 16, 1]))).maps[3]!.tensor.shape, [1, 1, 1, 2]);
 * ```
 *
 * Source: Finn et al., MAML (2017), appendix; paper 4.1.
 */
export function conv4(params: Params, frames: Value, options: NormOptions = {}): BackboneOutput {
  const normaliser = createNormaliser(options);
  const maps: Value[] = [];
  let x = frames;
  for (let block = 1; block <= CONV4_BLOCKS; block++) {
    x = normaliser.convNormPool(x, layer(params, `conv${block}`)); // [B, H/2, W/2, C]
    maps.push(x);
  }
  return { maps, statistics: normaliser.used };
}

/** Every block has C channels; biases are kept for the sake of PyTorch's layout, although the norm cancels them. */
export function conv4Plan(c: number, inputChannels: number): BackbonePlan {
  const shapes = Array.from({ length: CONV4_BLOCKS }, (_, i): [string, number[]][] => [
    [`conv${i + 1}.w`, [3, 3, i === 0 ? inputChannels : c, c]],
    [`conv${i + 1}.b`, [c]],
    [`conv${i + 1}.gamma`, [c]],
    [`conv${i + 1}.beta`, [c]],
  ]);
  return { shapes: shapes.flat(), widths: [c, c, c, c] };
}
