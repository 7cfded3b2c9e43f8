import type { ClipEntry, ClipSet } from "../data/mod.ts";

/** Distinct values in code unit order: the same on every machine, whatever the order of rows. */
function sortedNames(values: Iterable<string>): string[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
}

function place({ file, line, id }: ClipEntry): string {
  return `${file}${line === null ? "" : `, line ${line}`} (${id})`;
}

/** Names and indices of a set, in the order of the entries. Throws RangeError when an id comes twice. */
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
