import type { Config } from "../config/mod.ts";
import { sha256OfJson } from "./_sha256_of_json.ts";

/** Settings that may change between the parts of a run without changing its course. */
const FREE: readonly (keyof Config)[] = ["checkpointEvery", "keepCheckpoints"];

/** Settings of later versions, with the value that changes nothing: runs begun before there were any still go on. */
const NEUTRAL: Partial<Config> = { augment: "none", validation: null, normPrior: 0 };

/**
 * Identifies all that decides the course of a run: configuration, clips, who is held out, and what else is named. A run
 * continues only on its own course: with other clips, subjects it was trained on could turn up among those held out.
 *
 * @param config The configuration.
 * @param clips The set's digest; see `clipSetDigest`.
 * @param more Plain data: the split, evaluations.
 * @returns SHA-256, 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertEquals, assertNotEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import { courseOf } from "./mod.ts";
 * const config = configSchema.parse({});
 * assertEquals(await courseOf(config, "ab", {}), await courseOf({ ...config, keepCheckpoints: 9 }, "ab", {}));
 * assertNotEquals(await courseOf(config, "ab", {}), await courseOf({ ...config, seed: 1 }, "ab", {}));
 * ```
 */
export async function courseOf(config: Config, clips: string, more: unknown): Promise<string> {
  const fields = Object.entries(config) as [keyof Config, unknown][];
  const free = config.validation === null ? [...FREE, "selectEvery"] : FREE;
  const decisive = Object.fromEntries(fields.filter(([key, value]) => !free.includes(key) && NEUTRAL[key] !== value));
  return await sha256OfJson({ config: decisive, clips, more });
}
