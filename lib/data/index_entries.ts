import type { ClipEntry } from "./clip_entry.ts";
import type { ClipSet } from "./clip_set.ts";

/** Distinct values in code unit order: the same on every machine, whatever the order of rows. */
function sortedNames(values: Iterable<string>): string[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
}

function place({ file, line, id }: ClipEntry): string {
  return `${file}${line === null ? "" : `, line ${line}`} (${id})`;
}

/**
 * Names and indices of a set, in the order of the entries; classes and subjects are sorted, so that their indices do not
 * depend on it.
 *
 * @param entries The clips, with the labels that become the classes.
 * @param doing What an error says could not be done.
 * @returns A set but for its clips.
 * @throws {RangeError} When there is no clip, or an id comes twice.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { indexEntries } from "./mod.ts";
 * const clip = (id: string, label: string) => ({
 *   id, database: "demo", subject: "s1", label, kind: "micro", path: `/demo/${id}`,
 *   onset: null, apex: null, offset: null, fps: null, file: "demo.csv", line: 2,
 * } as const);
 * const { classes, labels } = indexEntries([clip("a", "sad"), clip("b", "happy")], "list clips");
 * assertEquals([classes, labels], [["happy", "sad"], Int32Array.of(1, 0)]);
 * ```
 */
export function indexEntries(entries: readonly ClipEntry[], doing: string): Omit<ClipSet, "clips" | "recipe"> {
  if (entries.length === 0) throw new RangeError(`Cannot ${doing}: expected at least one clip, got none`);
  const seen = new Map<string, ClipEntry>();
  for (const entry of entries) {
    const earlier = seen.get(entry.id);
    if (earlier !== undefined) {
      throw new RangeError(
        `Cannot ${doing}: expected every clip once, got ${place(entry)} after ${place(earlier)}`,
      );
    }
    seen.set(entry.id, entry);
  }
  const classes = sortedNames(entries.map(({ label }) => label));
  const subjectOf = ({ database, subject }: ClipEntry) => `${database}/${subject}`;
  const subjectNames = sortedNames(entries.map(subjectOf));
  const [byClass, bySubject] = [classes, subjectNames].map((names) => new Map(names.map((name, i) => [name, i])));
  return {
    ids: entries.map(({ id }) => id),
    labels: Int32Array.from(entries, ({ label }) => byClass!.get(label)!),
    subjects: Int32Array.from(entries, (entry) => bySubject!.get(subjectOf(entry))!),
    kinds: entries.map(({ kind }) => kind),
    classes,
    subjectNames,
  };
}
