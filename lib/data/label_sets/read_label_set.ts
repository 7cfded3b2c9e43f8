import { FIVE } from "./_five.ts";
import { readMapping } from "./_read_mapping.ts";
import { MEGC3 } from "./_megc3.ts";
import { NATIVE } from "./_native.ts";
import type { LabelSet } from "./label_set.ts";

/**
 * The label set of a name, or of a mapping file.
 *
 * - `native`: the owners' labels, in one spelling.
 * - `5`: CASME II happiness, surprise, disgust, repression, others; SAMM anger, happiness, others, surprise, contempt.
 * - `megc3`: MEGC2019's composite: negative (anger, contempt, disgust, fear, repression, sadness), positive
 *   (happiness), surprise. Of CASME II without fear, sadness, and clips whose apex is missing or the onset.
 * - a path that ends in `.json`: `{label: class | null}`, or `{database: {label: class | null}}`; null leaves out.
 *
 * @param source Name or path.
 * @returns The set.
 * @throws {RangeError} When the name is unknown, or the file is no mapping.
 * @throws {SyntaxError} When the file is no JSON.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readLabelSet } from "./mod.ts";
 * assertEquals((await readLabelSet("megc3")).published, { smic: 164, casme2: 145, samm: 133 });
 * ```
 */
export async function readLabelSet(source: string): Promise<LabelSet> {
  for (const set of [NATIVE, FIVE, MEGC3]) if (set.name === source) return set;
  if (/\.json$/i.test(source)) return await readMapping(source);
  throw new RangeError(`Cannot choose a label set: expected native, 5, megc3 or a .json file, got "${source}"`);
}
