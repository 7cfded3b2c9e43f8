import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { evaluationEpisodes, splitSubjects } from "../../lib/data/mod.ts";
import { arbitraryClipSet } from "./_util/arbitrary_clip_set.ts";
import { clipSet } from "./_util/clip_set.ts";

Deno.test("evaluationEpisodes() predicts every held-out micro clip that does not calibrate, for any set", () => {
  fc.assert(
    fc.property(
      arbitraryClipSet,
      fc.record({
        shots: fc.integer({ min: 0, max: 4 }),
        macros: fc.integer({ min: 0, max: 3 }),
        repeats: fc.integer({ min: 1, max: 3 }),
      }),
      fc.nat(),
      fc.infiniteStream(fc.boolean()),
      (set, options, seed, coin) => {
        const [heldout, trainingSubjects]: [number[], number[]] = [[], []];
        set.subjectNames.forEach((_, subject) => (coin.next().value ? heldout : trainingSubjects).push(subject));
        const episodes = evaluationEpisodes(set, heldout, { ...options, trainingSubjects }, seed);
        const micro = (subject: number) =>
          set.kinds.flatMap((kind, i) => kind === "micro" && set.subjects[i] === subject ? [i] : []);
        const expected = heldout.filter((subject) => micro(subject).length > 0);
        assertEquals(episodes.length, expected.length * options.repeats);
        episodes.forEach(({ ways, subject, support, query, macro }, i) => {
          assertEquals(subject, expected[i % expected.length]);
          assertEquals([...support, ...query].sort((a, b) => a - b), micro(subject));
          assertEquals([...new Set(micro(subject).map((i) => set.labels[i]!))].sort((a, b) => a - b), [...ways]);
          for (const label of ways) {
            const n = micro(subject).filter((i) => set.labels[i] === label).length;
            assertEquals(
              support.filter((i) => set.labels[i] === label).length,
              Math.min(options.shots, n - 1),
            );
          }
          const calibrated = new Set(support.map((i) => set.labels[i]!));
          for (const i of macro) {
            assert(set.kinds[i] === "macro" && calibrated.has(set.labels[i]!));
            assert(set.subjects[i] === subject || trainingSubjects.includes(set.subjects[i]!));
          }
          for (const label of calibrated) {
            const own = set.kinds.filter((kind, i) =>
              kind === "macro" && set.subjects[i] === subject && set.labels[i] === label
            ).length;
            const used = macro.filter((i) => set.labels[i] === label);
            if (own > 0) {
              assertEquals(used.length, Math.min(own, options.macros));
              assert(used.every((i) => set.subjects[i] === subject));
            }
          }
        });
      },
    ),
    { numRuns: 200, seed: 5 },
  );
});

Deno.test("evaluationEpisodes() gives a subject the same split whoever else is held out, another one each repeat", () => {
  const set = clipSet([["a/1", "x", 9, "micro"], ["a/1", "y", 9, "micro"], ["a/2", "x", 9, "micro"]]);
  const alone = evaluationEpisodes(set, [0], { shots: 3, repeats: 2 }, 3);
  const both = evaluationEpisodes(set, [1, 0], { shots: 3, repeats: 2 }, 3);
  assertEquals(both.map((episode) => episode.subject), [0, 1, 0, 1]);
  assertEquals(both.filter((episode) => episode.subject === 0), alone);
  assert(alone[0]!.support.join() !== alone[1]!.support.join());
  assert(evaluationEpisodes(set, [0], { shots: 3 }, 14)[0]!.support.join() !== alone[0]!.support.join());
});

Deno.test("evaluationEpisodes() keeps a subject without calibration clips as query only", () => {
  const set = clipSet([["a/1", "x", 1, "micro"], ["a/1", "y", 1, "micro"], ["a/2", "x", 3, "macro"]]);
  assertEquals(evaluationEpisodes(set, [0, 1], { shots: 5, macros: 2 }, 0), [
    { ways: [0, 1], subject: 0, support: [], query: [0, 1], macro: [] },
  ]);
});

Deno.test("evaluationEpisodes() refuses counts out of range and subjects on both sides", () => {
  const set = clipSet([["a/1", "x", 2, "micro"]]);
  assertThrows(() => evaluationEpisodes(set, [0], { shots: -1 }, 0), RangeError, "shots of 0 or more, got -1");
  assertThrows(() => evaluationEpisodes(set, [0], { shots: 1, repeats: 0 }, 0), RangeError, "repeats of 1 or more");
  assertThrows(() => evaluationEpisodes(set, [1], { shots: 1 }, 0), RangeError, "subjects from 0 to 0, got 1");
  assertThrows(
    () => evaluationEpisodes(set, [0], { shots: 1, trainingSubjects: [0] }, 0),
    RangeError,
    "got a/1 in training too",
  );
});

Deno.test("evaluationEpisodes() of a split never shows a training subject in support or query", () => {
  const rows = Array.from({ length: 12 }, (_, i) => [`d/${i}`, "xyz"[i % 3]!, 4, "micro"] as const);
  const set = clipSet(rows);
  const { train, heldout } = splitSubjects(set, 0.4, 1);
  for (const episode of evaluationEpisodes(set, heldout, { shots: 2, trainingSubjects: train }, 1)) {
    for (const i of [...episode.support, ...episode.query]) assert(!train.includes(set.subjects[i]!));
  }
});
