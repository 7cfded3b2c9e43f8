import type { Random } from "../random/mod.ts";
import { clipsByClass } from "./_clips_by_class.ts";
import type { ClipSet } from "./clip_set.ts";

/** Up to `count` macro clips a class: the subject's own where it has any, else the other subjects'. */
export function pickMacros(
  set: ClipSet,
  classes: readonly number[],
  { subject, others, count }: {
    readonly subject: number;
    readonly others: ReadonlySet<number>;
    readonly count: number;
  },
  random: Random,
): number[] {
  if (count === 0) return [];
  const own = clipsByClass(set, "macro", (other) => other === subject);
  const rest = clipsByClass(set, "macro", (other) => other !== subject && others.has(other));
  return classes.flatMap((c) => random.shuffle(own[c]!.length > 0 ? own[c]! : rest[c]!).slice(0, count));
}
