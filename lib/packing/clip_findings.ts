import type { ClipEntry, Finding } from "../data/mod.ts";
import type { ClipFacts } from "./clip_facts.ts";

/**
 * Adds to the readers' findings what only decoding shows: clips whose frames have several sizes.
 *
 * @param entries The clips.
 * @param facts What was found in each; null: not read or not readable.
 * @param findings By database, what its reader noticed.
 * @returns By database, both.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { clipFindings } from "./mod.ts";
 * const noticed = new Map([["demo", [{ file: "demo.csv", line: null, message: "odd" }]]]);
 * assertEquals(clipFindings([], [], noticed), noticed);
 * ```
 */
export function clipFindings(
  entries: readonly ClipEntry[],
  facts: readonly (ClipFacts | null)[],
  findings: ReadonlyMap<string, readonly Finding[]>,
): Map<string, readonly Finding[]> {
  const all = new Map(findings);
  entries.forEach(({ id, database, file, line }, i) => {
    const sizes = facts[i]?.sizes ?? 1;
    if (sizes === 1) return;
    const message = `${id}: the frames have ${sizes} sizes: each was resized by itself`;
    all.set(database, [...(all.get(database) ?? []), { file, line, message }]);
  });
  return all;
}
