import type { Config } from "../config/mod.ts";
import type { ClipSet } from "../data/mod.ts";

/**
 * The classes that a network tells apart: those of the clips, or with shuffled labels the places 1 to N of a task's.
 *
 * @param config The configuration.
 * @param set The clips.
 * @returns N names.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import { classNames } from "./mod.ts";
 * const config = configSchema.parse({ shuffleLabels: true, ways: 2 });
 * assertEquals(classNames(config, { classes: ["alpha", "beta", "gamma"] }), ["1", "2"]);
 * ```
 */
export function classNames({ shuffleLabels, ways }: Config, { classes }: Pick<ClipSet, "classes">): readonly string[] {
  return shuffleLabels ? Array.from({ length: ways! }, (_, i) => String(i + 1)) : classes;
}
