import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { sampleEpisode } from "../../lib/data/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { arbitraryClipSet, arbitraryTaskSize } from "./_util/arbitrary_clip_set.ts";
import { clipSet } from "./_util/clip_set.ts";

for (const scope of ["mixed", "across"] as const) {
  Deno.test(`sampleEpisode() of scope ${scope} keeps every rule of a task, for any set`, () => {
    let drawn = 0;
    fc.assert(
      fc.property(
        arbitraryClipSet,
        arbitraryTaskSize,
        fc.nat(),
        fc.infiniteStream(fc.boolean()),
        (set, options, seed, coin) => {
          const subjects = set.subjectNames.map((_, i) => i).filter(() => coin.next().value);
          const draw = (order: number[]) =>
            sampleEpisode(set, order, { ...options, scope }, createRandom(seed, "test"));
          const micro = (label: number) =>
            set.kinds.flatMap((kind, i) =>
              kind === "micro" && set.labels[i] === label && subjects.includes(set.subjects[i]!) ? [i] : []
            );
          let episode: ReturnType<typeof draw>;
          try {
            episode = draw(subjects);
          } catch (error) {
            assert(error instanceof RangeError && error.message.includes("two classes"), String(error));
            if (scope === "mixed") assert(set.classes.filter((_, label) => micro(label).length > 1).length < 2);
            return;
          }
          drawn++;
          assertEquals(draw(subjects.toReversed()), episode);
          const { ways, support, query, macro, subject } = episode;
          const all = [...support, ...query, ...macro];
          assertEquals(new Set(all).size, all.length);
          assert(all.every((i) => subjects.includes(set.subjects[i]!)));
          assert([...support, ...query].every((i) => set.kinds[i] === "micro"));
          assert(macro.every((i) => set.kinds[i] === "macro" && ways.includes(set.labels[i]!)));
          assertEquals(subject, set.subjects[query[0]!]);
          assert(ways.length <= (options.ways ?? set.classes.length));
          for (const label of ways) {
            const of = (clips: readonly number[]) => clips.filter((i) => set.labels[i] === label).length;
            assert(of(support) >= 1 && of(support) <= options.shots);
            assert(of(query) >= 1 && of(query) <= options.queries);
            if (scope === "mixed") assertEquals(of(support), Math.min(options.shots, micro(label).length - 1));
          }
          if (scope === "across") {
            const givers = new Set(support.map((i) => set.subjects[i]));
            assert(query.every((i) => !givers.has(set.subjects[i])), "a subject is on both sides");
          }
        },
      ),
      { numRuns: scope === "mixed" ? 400 : 2000 },
    );
    assert(drawn > 50, `only ${drawn} tasks were drawn`);
  });
}

Deno.test("sampleEpisode() says what a task over several subjects lacks", () => {
  const set = clipSet([["a/1", "x", 3, "micro"], ["a/1", "y", 3, "micro"]]);
  const options = { shots: 1, queries: 1, scope: "across" } as const;
  assertThrows(() => sampleEpisode(set, [0], options, createRandom(0, "test")), RangeError, "several subjects show");
});
