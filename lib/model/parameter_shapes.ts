import { BACKBONES } from "./backbones.ts";
import { DECODER_SCALES, featureCount } from "./feature_count.ts";
import type { Architecture } from "./types.ts";

/** Frames the temporal convolution spans at most (paper 4.1). */
export const TEMPORAL_KERNEL = 6;

/**
 * Names and shapes of all parameters, in the order of the network.
 *
 * @param architecture What decides them.
 * @returns Pairs of dotted path and shape. The backbone's first (Conv4: `conv1` … `conv4` `{w, b, gamma, beta}`), then
 * `temporal` `{w: [min(6, M), 3, 3, F, C], b}` with F the channels of the backbone's deepest map, and `head {w: [C, N],
 * b}`. `decoder: "unet"` adds the branches `primary` and `auxiliary`, each `{encoder, up8, up4, up2, out8, out4, out2}`,
 * and the head reads 3 C features. Metric heads have no `head`; `relation` has `relation.hidden {w: [2 F, F], b}` and
 * `relation.out {w: [F, 1], b}` instead, F the features that a head reads.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parameterShapes } from "./mod.ts";
 * const shapes = parameterShapes({ decoder: "none", channels: 4, frames: 8, inputChannels: 3, classes: 5 });
 * assertEquals(shapes.at(-2), ["head.w", [4, 5]]);
 * ```
 */
export function parameterShapes(architecture: Architecture): [string, number[]][] {
  const { backbone = "conv4", channels: c, frames, inputChannels, classes, decoder, head = "linear" } = architecture;
  const { shapes: own, widths } = BACKBONES[backbone].plan(c, inputChannels);
  const shapes = own.map(([path, shape]): [string, number[]] => [path, [...shape]]);
  const conv = (path: string, kernel: number[], cin: number) =>
    shapes.push([`${path}.w`, [...kernel, cin, c]], [`${path}.b`, [c]]);
  conv("temporal", [Math.min(TEMPORAL_KERNEL, frames), 3, 3], widths[3]);
  if (decoder === "unet") {
    for (const branch of ["primary", "auxiliary"]) {
      conv(`${branch}.encoder`, [3, 3], c);
      DECODER_SCALES.forEach((scale, i) => conv(`${branch}.up${scale}`, [3, 3], c + widths[2 - i]!));
      for (const scale of DECODER_SCALES) conv(`${branch}.out${scale}`, [1, 1], c);
    }
  }
  const f = featureCount(architecture);
  if (head === "linear") shapes.push(["head.w", [f, classes]], ["head.b", [classes]]);
  if (head === "relation") {
    shapes.push(["relation.hidden.w", [2 * f, f]], ["relation.hidden.b", [f]]);
    shapes.push(["relation.out.w", [f, 1]], ["relation.out.b", [1]]);
  }
  return shapes;
}
