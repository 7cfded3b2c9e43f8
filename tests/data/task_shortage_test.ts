import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { type ClipSet, sampleEpisode, taskShortage } from "../../lib/data/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

/** A set of one-pixel micro clips: rows of `[database/subject, class]`. */
function setOf(rows: readonly (readonly [string, number])[]): ClipSet {
  const names = [...new Set(rows.map(([name]) => name))];
  return {
    recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
    clips: new Uint8Array(rows.length),
    ids: rows.map((_, i) => `c${i}`),
    labels: Int32Array.from(rows, ([, label]) => label),
    subjects: Int32Array.from(rows, ([name]) => names.indexOf(name)),
    kinds: rows.map(() => "micro"),
    classes: ["a", "b", "c"],
    subjectNames: names,
  };
}

const SET = setOf([
  ...[0, 0, 1, 1].map((label) => ["x/full", label] as const),
  ...[0, 0].map((label) => ["x/one", label] as const),
  ...[0, 0].map((label) => ["y/alone", label] as const),
]);

Deno.test("taskShortage() counts subjects that are filled and those without a task, by database", () => {
  assertEquals(taskShortage(SET, [0, 1, 2], null), { subjects: 3, filled: 1, without: 1 });
  assertEquals(taskShortage(SET, [0], null), { subjects: 1, filled: 0, without: 0 });
  // Whoever may fill is whoever may appear.
  assertEquals(taskShortage(SET, [1], null), { subjects: 1, filled: 0, without: 1 });
  // Nobody here has a third class to fill from.
  assertEquals(taskShortage(SET, [0, 1], 3), { subjects: 2, filled: 1, without: 0 });
  assertThrows(() => taskShortage(SET, [3], null), RangeError, "subjects from 0 to 2, got 3");
});

Deno.test("taskShortage() agrees with the tasks that sampleEpisode() draws, for any set", () => {
  const row = fc.tuple(fc.constantFrom("x/1", "x/2", "x/3", "y/1"), fc.integer({ min: 0, max: 2 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 16 }), fc.constantFrom(null, 2, 3), (rows, ways) => {
      const set = setOf(rows);
      const all = set.subjectNames.map((_, subject) => subject);
      const { subjects, filled, without } = taskShortage(set, all, ways);
      const drawn = new Map<number, boolean>();
      for (let i = 0; i < 60; i++) {
        try {
          const { subject, support, query } = sampleEpisode(
            set,
            all,
            { ways, shots: 1, queries: 1 },
            createRandom(i, "t"),
          );
          const foreign = [...support, ...query].some((clip) => set.subjects[clip] !== subject);
          drawn.set(subject, (drawn.get(subject) ?? false) || foreign);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
      assertEquals(drawn.size, subjects - without);
      assertEquals([...drawn.values()].filter((foreign) => foreign).length, filled);
    }),
    { numRuns: 200 },
  );
});
