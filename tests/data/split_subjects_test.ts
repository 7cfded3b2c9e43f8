import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { splitSubjects } from "../../lib/data/mod.ts";
import { arbitraryClipSet } from "./_util/arbitrary_clip_set.ts";
import { clipSet } from "./_util/clip_set.ts";

const many = (database: string, count: number) =>
  Array.from({ length: count }, (_, i) => [`${database}/s${i}`, "x", 1, "micro"] as const);

Deno.test("splitSubjects() puts every subject on one side exactly, for any set", () => {
  fc.assert(
    fc.property(arbitraryClipSet, fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.nat(), (set, fraction, seed) => {
      const micro = new Set(set.subjects.filter((_, i) => set.kinds[i] === "micro"));
      if (micro.size < 2) {
        assertThrows(() => splitSubjects(set, fraction, seed), RangeError, "two or more with micro clips");
        return;
      }
      const { train, heldout } = splitSubjects(set, fraction, seed);
      assertEquals([...train, ...heldout].sort((a, b) => a - b), set.subjectNames.map((_, i) => i));
      assert(heldout.every((subject) => micro.has(subject)));
      assertEquals(heldout.length, Math.min(micro.size - 1, Math.max(1, Math.round(fraction * micro.size))));
      assertEquals(splitSubjects(set, fraction, seed), { train, heldout });
    }),
    { numRuns: 200, seed: 6 },
  );
});

Deno.test("splitSubjects() takes of each database its share", () => {
  const set = clipSet([...many("casme2", 24), ...many("smic", 16), ...many("tiny", 2)]);
  const { heldout } = splitSubjects(set, 0.25, 0);
  const count = (name: string) => heldout.filter((subject) => set.subjectNames[subject]!.startsWith(name)).length;
  // 10.5 rounds to 11; shares 6.29, 4.19, 0.52: the largest remainder is tiny's.
  assertEquals([heldout.length, count("casme2"), count("smic"), count("tiny")], [11, 6, 4, 1]);
});

Deno.test("splitSubjects() draws by the seed", () => {
  const set = clipSet(many("d", 12));
  const splits = [0, 10, 20, 30].map((seed) => splitSubjects(set, 0.5, seed).heldout.join());
  assertEquals(new Set(splits).size, 4);
  assertEquals(splitSubjects(set, 1 / 3, 0).heldout, [1, 2, 8, 11]);
});

Deno.test("splitSubjects() divides some subjects only, from a stream of another name", () => {
  const set = clipSet(many("d", 24));
  const among = [20, 3, 4, 5, 6, 7, 11, 13];
  const { train, heldout } = splitSubjects(set, 0.25, 0, { among, stream: "validation" });
  assertEquals(heldout.length, 2);
  assertEquals([...train, ...heldout].sort((a, b) => a - b), among.toSorted((a, b) => a - b));
  assertEquals(splitSubjects(set, 0.25, 0, { among: among.toReversed(), stream: "validation" }), { train, heldout });
  assertNotEquals(splitSubjects(set, 0.5, 0, { stream: "validation" }), splitSubjects(set, 0.5, 0));
});

Deno.test("splitSubjects() takes names, whatever the seed, and refuses unknown ones", () => {
  const set = clipSet([...many("a", 2), ...many("b", 1)]);
  for (const seed of [0, 9]) {
    assertEquals(splitSubjects(set, ["b/s0", "a/s0", "b/s0"], seed), { train: [1], heldout: [0, 2] });
  }
  assertThrows(() => splitSubjects(set, ["s0"], 0), RangeError, 'expected a database/subject of the set, got "s0"');
  assertThrows(() => splitSubjects(set, [], 0), RangeError, "got 3 training and 0 held out");
  assertThrows(() => splitSubjects(set, [...set.subjectNames], 0), RangeError, "got 0 training and 3 held out");
});

Deno.test("splitSubjects() refuses fractions outside 0 to 1", () => {
  const set = clipSet(many("a", 4));
  for (const fraction of [0, 1, -0.5, NaN]) {
    assertThrows(() => splitSubjects(set, fraction, 0), RangeError, "fraction between 0 and 1");
  }
});
