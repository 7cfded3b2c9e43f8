import type { ClipEntry } from "../data/mod.ts";

/**
 * Chooses the clips of a contact sheet: up to so many of each class and kind of each database, from as many subjects as possible.
 *
 * @param entries The clips.
 * @param perClass The most micro clips, and the most macro clips, of one class of one database.
 * @returns Indices, ascending.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pickSheetClips } from "./mod.ts";
 * const clip = (subject: string) => ({ database: "demo", subject, label: "happy", kind: "micro" as const });
 * assertEquals(pickSheetClips([clip("1"), clip("1"), clip("2")], 2), [0, 2]);
 * ```
 */
export function pickSheetClips(
  entries: readonly Pick<ClipEntry, "database" | "subject" | "label" | "kind">[],
  perClass: number,
): number[] {
  const classes = new Map<string, Map<string, number[]>>();
  entries.forEach(({ database, subject, label, kind }, index) => {
    const key = JSON.stringify([database, label, kind]);
    const subjects = classes.get(key) ?? new Map<string, number[]>();
    classes.set(key, subjects.set(subject, [...(subjects.get(subject) ?? []), index]));
  });
  const picked: number[] = [];
  for (const subjects of classes.values()) {
    const queues = [...subjects.values()];
    const most = Math.max(...queues.map((queue) => queue.length));
    // The first clip of every subject, then the second of every subject, …
    const inTurn = Array.from({ length: most }, (_, round) => queues.flatMap((queue) => queue.slice(round, round + 1)));
    picked.push(...inTurn.flat().slice(0, perClass));
  }
  return picked.sort((a, b) => a - b);
}
