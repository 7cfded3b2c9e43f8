import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { sampleEpisode } from "../../lib/data/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { arbitraryClipSet, arbitraryTaskSize } from "./_util/arbitrary_clip_set.ts";
import { clipSet } from "./_util/clip_set.ts";

const database = (name: string) => name.split("/")[0];

Deno.test("sampleEpisode() keeps every rule of a task, for any set", () => {
  let drawn = 0;
  fc.assert(
    fc.property(
      arbitraryClipSet,
      arbitraryTaskSize,
      fc.nat(),
      fc.infiniteStream(fc.boolean()),
      (set, options, seed, coin) => {
        const subjects = set.subjectNames.map((_, i) => i).filter(() => coin.next().value);
        const draw = (order: number[]) => sampleEpisode(set, order, options, createRandom(seed, "test"));
        const of = (clips: readonly number[], label: number) => clips.filter((i) => set.labels[i] === label);
        const micro = (subject: number, label: number) =>
          set.kinds.filter((kind, i) => kind === "micro" && set.subjects[i] === subject && set.labels[i] === label)
            .length;
        let episode;
        try {
          episode = draw(subjects);
        } catch (error) {
          assert(error instanceof RangeError && error.message.includes("two classes"), String(error));
          // Only when no database has two classes with two clips among these subjects.
          for (const name of ["a", "b", "c"]) {
            const members = subjects.filter((subject) => database(set.subjectNames[subject]!) === name);
            const usable = set.classes.filter((_, label) =>
              members.reduce((sum, subject) => sum + micro(subject, label), 0) >= 2
            );
            assert(usable.length < 2, `database ${name} offers ${usable}`);
          }
          return;
        }
        drawn++;
        assertEquals(draw(subjects.toReversed()), episode);
        const { ways, subject, support, query, macro } = episode;
        const all = [...support, ...query, ...macro];
        assertEquals(new Set(all).size, all.length);
        assert(all.every((i) => subjects.includes(set.subjects[i]!)));
        assert([...support, ...query].every((i) => set.kinds[i] === "micro"));
        assert(
          [...support, ...query].every((i) =>
            database(set.subjectNames[set.subjects[i]!]!) === database(set.subjectNames[subject]!)
          ),
        );
        assert(macro.every((i) => set.kinds[i] === "macro"));
        assertEquals([...new Set([...support, ...query].map((i) => set.labels[i]!))].sort((a, b) => a - b), [...ways]);
        assert(macro.every((i) => ways.includes(set.labels[i]!)));

        const offered = set.classes.map((_, label) => label).filter((label) => micro(subject, label) >= 2);
        const wanted = options.ways ?? Math.max(2, offered.length);
        assert(ways.length >= 2 && ways.length <= wanted);
        assert(ways.length >= Math.min(wanted, offered.length));
        if (offered.length <= wanted) assert(offered.every((label) => ways.includes(label)));
        for (const label of ways) {
          const [s, q] = [of(support, label), of(query, label)];
          assert(s.length >= 1 && q.length >= 1);
          const own = micro(subject, label);
          const isOwn = (i: number) => set.subjects[i] === subject;
          if (own >= 2) {
            assert([...s, ...q].every(isOwn));
            assertEquals(s.length, Math.min(options.shots, own - 1));
            assertEquals(q.length, Math.min(options.queries, own - s.length));
          } else {
            assertEquals([...s, ...q].filter(isOwn).length, own);
            assert(s.length <= options.shots && q.length <= options.queries);
          }
          const m = of(macro, label);
          const macros = (owns: boolean) =>
            set.kinds.filter((kind, i) =>
              kind === "macro" && set.labels[i] === label && isOwn(i) === owns && subjects.includes(set.subjects[i]!)
            ).length;
          const source = macros(true) > 0 ? macros(true) : macros(false);
          assertEquals(m.length, Math.min(options.macros, source));
          if (macros(true) > 0) assert(m.every(isOwn));
        }
      },
    ),
    { numRuns: 400, seed: 4 },
  );
  assert(drawn > 100, `only ${drawn} tasks drawn`);
});

Deno.test("sampleEpisode() draws every subject and every clip sooner or later", () => {
  const set = clipSet([["a/1", "x", 4, "micro"], ["a/1", "y", 3, "micro"], ["b/1", "x", 2, "micro"], [
    "b/1",
    "y",
    2,
    "micro",
  ]]);
  const seen = { subject: new Set<number>(), support: new Set<number>(), query: new Set<number>() };
  for (let i = 0; i < 60; i++) {
    const episode = sampleEpisode(set, [0, 1], { shots: 1, queries: 1 }, createRandom(0, "test", i));
    seen.subject.add(episode.subject);
    episode.support.forEach((clip) => seen.support.add(clip));
    episode.query.forEach((clip) => seen.query.add(clip));
  }
  assertEquals([seen.subject.size, seen.support.size, seen.query.size], [2, 11, 11]);
});

Deno.test("sampleEpisode() fills classes from the same database only, single clips of the subject first", () => {
  const set = clipSet([
    ["a/1", "x", 3, "micro"],
    ["a/1", "y", 1, "micro"],
    ["a/2", "y", 2, "micro"],
    ["a/2", "z", 5, "micro"],
    ["b/1", "z", 5, "micro"],
  ]);
  const tasks = Array.from(
    { length: 30 },
    (_, i) => sampleEpisode(set, [0, 1, 2], { shots: 2, queries: 2 }, createRandom(0, "fill", i)),
  );
  const one = tasks.find((task) => task.subject === 0)!;
  assertEquals(one.ways, [0, 1]);
  assert([...one.support, ...one.query].includes(3)); // its one clip of y
  assert(tasks.every((task) => task.subject !== 2)); // database b has one class
});

Deno.test("sampleEpisode() gives golden first values", () => {
  const set = clipSet([["a/1", "x", 5, "micro"], ["a/1", "y", 4, "micro"], ["a/1", "x", 3, "macro"], [
    "a/2",
    "y",
    4,
    "macro",
  ]]);
  const episode = sampleEpisode(set, [0, 1], { shots: 2, queries: 2, macros: 2 }, createRandom(0, "episode"));
  assertEquals(episode, {
    ways: [0, 1],
    subject: 0,
    support: [2, 3, 6, 5],
    query: [1, 0, 8, 7],
    macro: [9, 10, 15, 14],
  });
});

Deno.test("sampleEpisode() refuses counts and subjects out of range, and sets without a task", () => {
  const set = clipSet([["a/1", "x", 5, "micro"], ["a/1", "y", 1, "micro"]]);
  const random = createRandom(0);
  const options = { shots: 1, queries: 1 };
  assertThrows(() => sampleEpisode(set, [0], { ...options, ways: 1 }, random), RangeError, "ways of 2 or more, got 1");
  assertThrows(() => sampleEpisode(set, [0], { ...options, shots: 0 }, random), RangeError, "shots of 1 or more");
  assertThrows(() => sampleEpisode(set, [0], { ...options, queries: 0 }, random), RangeError, "queries of 1 or more");
  assertThrows(() => sampleEpisode(set, [0], { ...options, macros: -1 }, random), RangeError, "macros of 0 or more");
  assertThrows(() => sampleEpisode(set, [4], options, random), RangeError, "subjects from 0 to 0, got 4");
  assertThrows(() => sampleEpisode(set, [0], options, random), RangeError, "two classes with two micro clips");
  assertThrows(() => sampleEpisode(set, [], options, random), RangeError, "among 0 subjects");
});
