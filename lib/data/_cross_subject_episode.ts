import type { Random } from "../random/mod.ts";
import { clipsByClass } from "./_clips_by_class.ts";
import { pickMacros } from "./_pick_macros.ts";
import type { ClipSet, Episode } from "./clip_set.ts";

/** What a task over several subjects is drawn from. */
export interface CrossSubjectOptions {
  /** `mixed`: every clip may be support or query; `across`: no subject is in both. */
  readonly scope: "across" | "mixed";
  /** N; null: every class there is. */
  readonly ways: number | null;
  readonly shots: number;
  readonly queries: number;
  readonly macros: number;
  /** Whose macro clips serve where the first query clip's subject has none. */
  readonly others: ReadonlySet<number>;
}

/** Divisions of the subjects that are tried before an `across` task is given up. */
const TRIES = 50;

/**
 * A task over the clips of all `allowed` subjects, or null where no two classes have a support and a query clip.
 *
 * Of a class with n clips, min(K, n − 1) support and min(Q, n − K) of the rest query (`mixed`); or min(K, n_A) and
 * min(Q, n_B) of a random division of the subjects into halves A and B (`across`).
 */
export function crossSubjectEpisode(
  set: ClipSet,
  allowed: readonly number[],
  { scope, ways, shots, queries, macros, others }: CrossSubjectOptions,
  random: Random,
): Episode | null {
  const people = allowed.filter((subject) => set.subjects.some((s, i) => s === subject && set.kinds[i] === "micro"));
  for (let attempt = 0; attempt < (scope === "across" ? TRIES : 1); attempt++) {
    const order = random.shuffle(people);
    const half = new Set(order.slice(0, Math.ceil(order.length / 2)));
    const everyone = new Set(order);
    const first = clipsByClass(set, "micro", (subject) => (scope === "across" ? half : everyone).has(subject));
    const second = clipsByClass(set, "micro", (subject) => everyone.has(subject) && !half.has(subject));
    const usable = set.classes.map((_, label) => label).filter((label) =>
      scope === "across" ? first[label]!.length > 0 && second[label]!.length > 0 : first[label]!.length > 1
    );
    if (usable.length < 2) continue;
    const classes = random.shuffle(usable).slice(0, ways ?? usable.length).sort((a, b) => a - b);
    const support: number[] = [];
    const query: number[] = [];
    for (const label of classes) {
      const clips = random.shuffle(first[label]!);
      const k = scope === "across" ? Math.min(shots, clips.length) : Math.min(shots, clips.length - 1);
      support.push(...clips.slice(0, k));
      query.push(...(scope === "across" ? random.shuffle(second[label]!) : clips.slice(k)).slice(0, queries));
    }
    const subject = set.subjects[query[0]!]!;
    const macro = pickMacros(set, classes, { subject, others, count: macros }, random);
    return { ways: classes, subject, support, query, macro };
  }
  return null;
}
