import { conv2d, relu, type Value } from "../autodiff/mod.ts";
import { layer } from "./_layers.ts";
import { convNormShapes, createNormaliser } from "./_normaliser.ts";
import type { BackboneOutput, BackbonePlan, NormOptions, Params } from "./types.ts";

/** Convolutions of each group: sixteen. */
const GROUPS = [2, 2, 4, 4, 4] as const;

/**
 * VGG-19 with batch norm: sixteen 3×3 convolutions in five groups of 2, 2, 4, 4 and 4, each followed by norm and ReLU. A 2×2
 * max pool ends the first four groups; the fifth pooling is left out, so that the deepest map is at 1/16 of the input's
 * side, as every backbone's here (32 pixels would end at one), and so are the three dense layers of 4096, whose place the
 * temporal encoder and the head take.
 *
 * @param params `group1` … `group5`, each `{conv1, …}` of `{w, gamma, beta}`; widths c, 2 c, 4 c, 8 c, 8 c with c = C/2
 * rounded up.
 * @param frames `[B, H, W, C]`, sides multiples of 16.
 * @param options Statistics of the 16 normalised layers; without them the batch's own.
 * @returns Maps (of groups 1, 2, 3 and 5) and statistics.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { mapTree } from "../tree/mod.ts";
 * import { initParams, vgg19 } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const shape = {
 *   backbone: "vgg19", decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2,
 * } as const;
 * const params = mapTree(initParams(shape, createRandom(0)), constant);
 * assertEquals(vgg19(params, constant(tf.zeros([1, 16, 16, 1]))).maps[3]!.tensor.shape, [1, 1, 1, 8]);
 * ```
 *
 * Source: Simonyan and Zisserman, Very Deep Convolutional Networks (2014), configuration E.
 */
export function vgg19(params: Params, frames: Value, options: NormOptions = {}): BackboneOutput {
  const normaliser = createNormaliser(options);
  const ends: Value[] = [];
  let x = frames;
  GROUPS.forEach((count, i) => {
    const pooled = i < GROUPS.length - 1;
    for (let k = 1; k <= count; k++) {
      const conv = layer(params, `group${i + 1}`, `conv${k}`);
      x = pooled && k === count
        ? normaliser.convNormPool(x, conv) // [B, h/2, w/2, C]
        : relu(normaliser.norm(conv2d(x, conv.w!), conv)); // [B, h, w, C]
    }
    ends.push(x);
  });
  const [half, quarter, eighth, , deepest] = ends as [Value, Value, Value, Value, Value];
  return { maps: [half, quarter, eighth, deepest], statistics: normaliser.used };
}

/**
 * Widths c, 2 c, 4 c, 8 c, 8 c with c = C/2: those of the paper for C = 128. With c = C a step of the default
 * configuration would take four times as long and fill most of WASM's 2 GB.
 *
 * Sixteen random layers without shortcuts leave little of what tells two clips apart, and training hardly moves for the
 * first 40 steps. So all filters but the first start as half of a He-normal one and a centre tap that hands a channel on.
 */
export function vgg19Plan(channels: number, inputChannels: number): BackbonePlan {
  const c = Math.ceil(channels / 2);
  const widths = [c, 2 * c, 4 * c, 8 * c, 8 * c];
  let cin = inputChannels;
  const shapes = GROUPS.flatMap((count, i) =>
    Array.from({ length: count }, (_, k) => {
      const layers = convNormShapes(`group${i + 1}.conv${k + 1}`, 3, cin, widths[i]!);
      cin = widths[i]!;
      return layers;
    }).flat()
  );
  const centred = shapes.map(([path]) => path).filter((path) => path.endsWith(".w")).slice(1);
  return { shapes, widths: [c, 2 * c, 4 * c, 8 * c], centred };
}
