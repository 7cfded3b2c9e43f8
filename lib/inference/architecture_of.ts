import { ALGORITHMS, type Config } from "../config/mod.ts";
import type { Recipe } from "../data/mod.ts";
import type { Architecture } from "../model/mod.ts";

/**
 * The network that a configuration and a class list describe.
 *
 * @param config The run's configuration.
 * @param classes N, the number of classes; with shuffled labels it is `ways`.
 * @returns What decides the parameters' shapes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import { architectureOf } from "./mod.ts";
 * assertEquals(architectureOf(configSchema.parse({ channels: 8 }), 3).channels, 8);
 * ```
 */
export function architectureOf(config: Config, classes: number): Architecture {
  const { algorithm, backbone, decoder, channels, frames, inputChannels, shuffleLabels, ways } = config;
  return {
    backbone,
    decoder,
    channels,
    frames,
    inputChannels,
    classes: shuffleLabels ? ways! : classes,
    head: ALGORITHMS[algorithm].head,
  };
}

/**
 * The preprocessing that a configuration asks for.
 *
 * @param config The run's configuration.
 * @returns The recipe, as model.json keeps it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import { recipeOf } from "./mod.ts";
 * assertEquals(recipeOf(configSchema.parse({ size: 64 })).size, 64);
 * ```
 */
export function recipeOf(config: Config): Recipe {
  const { frames, size, inputChannels, input, time, window, missingApex, amplify, flow } = config;
  // Farneback's window of 15 pixels suits a face of some 128; docs/data.md has the measurements.
  const flowSize = flow.size ?? size * Math.max(1, Math.floor(128 / size));
  return {
    ...{ frames, size, channels: inputChannels, input, time, window, missingApex, amplify },
    ...(input === "flow" && { flow: { ...flow, size: flowSize, range: flow.range ?? size / 32 } }),
  };
}
