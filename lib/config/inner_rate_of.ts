import { ALGORITHMS } from "./algorithms.ts";
import type { Config } from "./config.ts";

/**
 * The inner rate α: what the configuration says, else the algorithm's own.
 *
 * @param config The run's configuration.
 * @returns α.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { innerRateOf, makeConfig } from "./mod.ts";
 * assertEquals([innerRateOf(makeConfig()), innerRateOf(makeConfig({ set: ["alpha=0.1"] }))], [0.05, 0.1]);
 * ```
 */
export function innerRateOf({ algorithm, alpha }: Pick<Config, "algorithm" | "alpha">): number {
  return alpha ?? ALGORITHMS[algorithm].alpha;
}
