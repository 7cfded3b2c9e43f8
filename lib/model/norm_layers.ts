import { BACKBONES } from "./backbones.ts";
import type { BackboneName } from "./types.ts";

/** What decides a network's normalised layers. */
export interface NormLayersOptions {
  /** Default `conv4`. */
  readonly backbone?: BackboneName;
  readonly channels: number;
}

/**
 * Names and widths of a network's normalised layers, in the order of its statistics.
 *
 * @param architecture Backbone and channels.
 * @returns Pairs of dotted path and channels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { normLayers } from "./mod.ts";
 * assertEquals(normLayers({ channels: 4 }), [["conv1", 4], ["conv2", 4], ["conv3", 4], ["conv4", 4]]);
 * assertEquals(normLayers({ backbone: "resnet", channels: 4 })[3], ["stage2.conv1", 8]);
 * ```
 */
export function normLayers(architecture: NormLayersOptions): [string, number][] {
  const { backbone = "conv4", channels } = architecture;
  const suffix = ".gamma";
  return BACKBONES[backbone].plan(channels, 1).shapes
    .filter(([path]) => path.endsWith(suffix))
    .map(([path, shape]) => [path.slice(0, -suffix.length), shape[0]!]);
}
