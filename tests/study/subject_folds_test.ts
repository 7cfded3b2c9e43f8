import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { ClipSet, SubjectSplit } from "../../lib/data/mod.ts";
import { subjectFolds } from "../../lib/study/mod.ts";
import { arbitraryClipSet } from "../data/_util/arbitrary_clip_set.ts";
import { clipSet } from "../data/_util/clip_set.ts";

/** Subjects that have micro clips, the only ones that can be held out. */
function people(set: ClipSet): number[] {
  return [...new Set(set.subjects.filter((_, i) => set.kinds[i] === "micro"))].sort((a, b) => a - b);
}

/** Sets with two or more people, and a number of folds that they allow. */
const arbitraryFolds = arbitraryClipSet.filter((set) => people(set).length >= 2).chain((set) =>
  fc.record({
    set: fc.constant(set),
    folds: fc.oneof(fc.constant("each" as const), fc.integer({ min: 2, max: people(set).length })),
    seed: fc.nat(50),
  })
);

/** Names of those held out, fold by fold. */
function names(set: ClipSet, splits: readonly SubjectSplit[]): string[][] {
  return splits.map(({ heldout }) => heldout.map((subject) => set.subjectNames[subject]!).sort());
}

Deno.test("subjectFolds() holds every person out exactly once, never in the person's own training", () => {
  fc.assert(fc.property(arbitraryFolds, ({ set, folds, seed }) => {
    const splits = subjectFolds(set, folds, seed);
    assertEquals(splits.length, folds === "each" ? people(set).length : folds);
    assertEquals(splits.flatMap(({ heldout }) => heldout).sort((a, b) => a - b), people(set));
    for (const { train, heldout } of splits) {
      assert(heldout.length > 0);
      // All subjects are on one side, also those that have macro clips only: these are trained on.
      assertEquals([...train, ...heldout].sort((a, b) => a - b), [...set.subjectNames.keys()]);
    }
  }));
});

Deno.test("subjectFolds() gives each fold as many subjects, in all and of each database, but for one", () => {
  fc.assert(fc.property(arbitraryFolds, ({ set, folds, seed }) => {
    const held = names(set, subjectFolds(set, folds, seed));
    const spread = (counts: number[]) => Math.max(...counts) - Math.min(...counts);
    assert(spread(held.map((fold) => fold.length)) <= 1);
    for (const database of ["a", "b", "c"]) {
      assert(spread(held.map((fold) => fold.filter((name) => name.startsWith(`${database}/`)).length)) <= 1);
    }
  }));
});

Deno.test("subjectFolds() spreads a second database over all folds, whatever the first left", () => {
  // Seven of a leave three of five folds with one subject fewer; b's six must still reach every fold.
  const set = clipSet([
    ...Array.from({ length: 7 }, (_, i) => [`a/${i}`, "x", 1, "micro"] as const),
    ...Array.from({ length: 6 }, (_, i) => [`b/${i}`, "x", 1, "micro"] as const),
  ]);
  for (let seed = 0; seed < 10; seed++) {
    for (const fold of names(set, subjectFolds(set, 5, seed))) {
      assert(fold.some((name) => name.startsWith("b/")), fold.join());
    }
  }
});

Deno.test("subjectFolds() gives folds about as many clips: large subjects are dealt first", () => {
  const set = clipSet([8, 1, 8, 1, 1, 1].map((count, i) => [`a/${i}`, "x", count, "micro"] as const));
  for (let seed = 0; seed < 10; seed++) {
    const held = names(set, subjectFolds(set, 2, seed));
    const large = held.map((fold) => fold.filter((name) => name === "a/0" || name === "a/2").length);
    assertEquals(large, [1, 1]);
  }
});

Deno.test("subjectFolds() does not mind the order of subjects and clips", () => {
  fc.assert(fc.property(arbitraryFolds, ({ set, folds, seed }) => {
    const n = set.subjectNames.length;
    const turned: ClipSet = {
      ...set,
      subjectNames: set.subjectNames.toReversed(),
      subjects: set.subjects.map((subject) => n - 1 - subject).reverse(),
      kinds: set.kinds.toReversed(),
      labels: set.labels.slice().reverse(),
    };
    const sorted = (one: ClipSet) => names(one, subjectFolds(one, folds, seed)).map(String).sort();
    assertEquals(sorted(turned), sorted(set));
  }));
});

Deno.test("subjectFolds() depends on the seed where it deals, and not where each subject is a fold", () => {
  const set = clipSet(Array.from({ length: 8 }, (_, i) => [`a/${i}`, "x", 2, "micro"] as const));
  const deals = new Set(Array.from({ length: 10 }, (_, seed) => JSON.stringify(subjectFolds(set, 2, seed))));
  assert(deals.size > 1);
  assertEquals(subjectFolds(set, 2, 3), subjectFolds(set, 2, 3));
  assertEquals(subjectFolds(set, "each", 0), subjectFolds(set, "each", 1));
});

Deno.test("subjectFolds() refuses more folds than subjects, fewer than two, and a single person", () => {
  const set = clipSet([["a/1", "x", 1, "micro"], ["a/2", "x", 1, "micro"], ["a/3", "x", 2, "macro"]]);
  for (const folds of [3, 1, 1.5, NaN]) {
    assertThrows(
      () => subjectFolds(set, folds, 0),
      RangeError,
      `expected 2 folds, one a subject at most, got ${folds}; use --folds 2`,
    );
  }
  const alone = clipSet([["a/1", "x", 1, "micro"], ["a/3", "x", 2, "macro"]]);
  assertThrows(
    () => subjectFolds(alone, "each", 0),
    RangeError,
    "expected two or more with micro clips, got 1; add subjects",
  );
});
