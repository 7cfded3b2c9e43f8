import type { Config } from "../config/mod.ts";
import { recipeOf } from "../inference/mod.ts";

/**
 * Names the folder that a configuration's synthetic set is rendered into, below the folder of such sets.
 *
 * @param config The configuration.
 * @returns The folder's name; its manifest is `manifest.csv` in it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import { syntheticFolder } from "./mod.ts";
 * assertEquals(syntheticFolder(configSchema.parse({})), "synthetic-rho0.6-seed0-24+12-32px");
 * ```
 */
export function syntheticFolder(config: Config): string {
  const { seed, rho, trainSubjects, holdoutSubjects } = config.synthetic;
  // Flow is computed on pictures of its own size.
  const { flow } = recipeOf(config);
  const colour = !flow && config.inputChannels === 3 ? "-rgb" : "";
  return `synthetic-rho${rho}-seed${seed}-${trainSubjects}+${holdoutSubjects}-${flow?.size ?? config.size}px${colour}`;
}
