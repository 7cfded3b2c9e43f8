import fc from "fast-check";
import type { ClipSet } from "../../../lib/data/mod.ts";
import { clipSet } from "./clip_set.ts";

/** Sets of several databases, subjects, classes and kinds, unbalanced, some subjects with macro clips only. */
export const arbitraryClipSet: fc.Arbitrary<ClipSet> = fc.array(
  fc.tuple(
    fc.constantFrom("a/1", "a/2", "a/3", "b/1", "b/2", "c/1"),
    fc.constantFrom("v", "w", "x", "y", "z"),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom("micro" as const, "micro" as const, "macro" as const),
  ),
  { minLength: 1, maxLength: 24 },
).map(clipSet);

/** Sizes of a task, more than some sets have clips for. */
export const arbitraryTaskSize = fc.record({
  ways: fc.option(fc.integer({ min: 2, max: 6 })),
  shots: fc.integer({ min: 1, max: 4 }),
  queries: fc.integer({ min: 1, max: 4 }),
  macros: fc.integer({ min: 0, max: 3 }),
});
