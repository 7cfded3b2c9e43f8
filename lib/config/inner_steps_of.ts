import { ALGORITHMS } from "./algorithms.ts";
import type { Config } from "./config.ts";

/**
 * How many gradient steps a task and a calibration take: what the configuration says, else the algorithm's own number;
 * none where the algorithm compares.
 *
 * @param config The run's configuration.
 * @returns 0 or more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { innerStepsOf, makeConfig } from "./mod.ts";
 * const steps = (algorithm: "maml" | "reptile" | "protonet") => innerStepsOf(makeConfig({ flags: { algorithm } }));
 * assertEquals([steps("maml"), steps("reptile"), steps("protonet")], [1, 5, 0]);
 * ```
 */
export function innerStepsOf({ algorithm, innerSteps }: Pick<Config, "algorithm" | "innerSteps">): number {
  const traits = ALGORITHMS[algorithm];
  return traits.training === "metric" ? 0 : innerSteps ?? traits.innerSteps;
}
