import { ALGORITHMS, type Config } from "../config/mod.ts";

/**
 * Says what a reader must know about the auxiliary loss of a run: that it is off, or on magnified clips.
 *
 * @param asked The configuration as it was given.
 * @param settled The same once the data have settled it, as the model's card records it.
 * @returns A sentence, or null when the loss is as the algorithm has it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import { auxiliaryNote } from "./mod.ts";
 * const asked = configSchema.parse({});
 * assertEquals(auxiliaryNote(asked, asked), null);
 * assertEquals(
 *   auxiliaryNote(asked, { ...asked, macro: "none" }),
 *   "There are no macro clips: the auxiliary loss is off, so lightman is maml.",
 * );
 * ```
 */
export function auxiliaryNote(asked: Config, settled: Config): string | null {
  const { algorithm } = settled;
  if (!ALGORITHMS[algorithm].auxiliary) return null;
  if (settled.macro === "none") {
    const why = asked.macro === "none" ? "Macro clips are switched off" : "There are no macro clips";
    return `${why}: the auxiliary loss is off, so ${algorithm} is ${algorithm === "lightman" ? "maml" : "supervised"}.`;
  }
  if (settled.macro === "magnify" && asked.macro !== "magnify") {
    return `There are no macro clips: micro clips magnified ${settled.magnify} times stand in for them.`;
  }
  return null;
}
