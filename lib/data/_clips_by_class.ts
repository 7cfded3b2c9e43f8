import type { ClipKind, ClipSet } from "./clip_set.ts";

/** Distinct subject indices, ascending, checked: results do not depend on the order they were given in. */
export function checkSubjects(set: ClipSet, subjects: Iterable<number>, doing: string): number[] {
  const out = [...new Set(subjects)].sort((a, b) => a - b);
  const bad = out.find((subject) => set.subjectNames[subject] === undefined);
  if (bad !== undefined) {
    throw new RangeError(`Cannot ${doing}: expected subjects from 0 to ${set.subjectNames.length - 1}, got ${bad}`);
  }
  return out;
}

/** Throws RangeError unless a count is an integer of at least `least`. */
export function checkCount(value: number, name: string, least: number, doing: string): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`Cannot ${doing}: expected ${name} of ${least} or more, got ${value}`);
}

/** The database part of `database/subject`. */
export function databaseOf(set: ClipSet, subject: number): string {
  const name = set.subjectNames[subject]!;
  return name.slice(0, name.indexOf("/"));
}

/** Clip indices of one kind, as `[class][…]`, ascending, of the subjects for which `belongs` holds. */
export function clipsByClass(set: ClipSet, kind: ClipKind, belongs: (subject: number) => boolean): number[][] {
  const out: number[][] = set.classes.map(() => []);
  for (let i = 0; i < set.kinds.length; i++) {
    if (set.kinds[i] === kind && belongs(set.subjects[i]!)) out[set.labels[i]!]!.push(i);
  }
  return out;
}
