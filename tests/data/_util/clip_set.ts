import type { ClipKind, ClipSet } from "../../../lib/data/mod.ts";

/** A clip set of one-pixel clips: rows are subject, class, number of clips, kind. A clip's pixel is its index. */
export function clipSet(rows: readonly (readonly [string, string, number, ClipKind])[]): ClipSet {
  const all = rows.flatMap(([subject, label, count, kind]) =>
    Array.from({ length: count }, () => ({ subject, label, kind }))
  );
  const sorted = (names: string[]) => [...new Set(names)].sort();
  const classes = sorted(all.map((clip) => clip.label));
  const subjectNames = sorted(all.map((clip) => clip.subject));
  return {
    recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
    clips: Uint8Array.from(all, (_, i) => i),
    ids: all.map((_, i) => `c${i}`),
    labels: Int32Array.from(all, (clip) => classes.indexOf(clip.label)),
    subjects: Int32Array.from(all, (clip) => subjectNames.indexOf(clip.subject)),
    kinds: all.map((clip) => clip.kind),
    classes,
    subjectNames,
  };
}
