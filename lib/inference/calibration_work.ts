import { ALGORITHMS, type Config } from "../config/mod.ts";
import type { ClipWork } from "../meta/mod.ts";

/**
 * What a calibration holds in memory: one step at a time, to first order; what compares takes no gradient.
 *
 * @param config The run's configuration.
 * @param clips How many micro and macro clips.
 * @returns What {@linkcode estimateBytes} takes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import { calibrationWork } from "./mod.ts";
 * const config = configSchema.parse({ algorithm: "protonet" });
 * assertEquals(calibrationWork(config, { micro: 3, macro: 0 }), { support: 3, macro: 0, innerSteps: 0, order: 0 });
 * ```
 */
export function calibrationWork(
  { algorithm }: Pick<Config, "algorithm">,
  { micro, macro }: { readonly micro: number; readonly macro: number },
): ClipWork {
  const compares = ALGORITHMS[algorithm].training === "metric";
  return { support: micro, macro, innerSteps: compares ? 0 : 1, order: compares ? 0 : 1 };
}
