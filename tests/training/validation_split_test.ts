import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { validationSplit } from "../../lib/training/mod.ts";
import { clipSet } from "../data/_util/clip_set.ts";

const people = (database: string, count: number) =>
  Array.from({ length: count }, (_, i) => [`${database}/s${i + 10}`, "x", 1, "micro"] as const);

const SET = clipSet([...people("a", 20), ...people("b", 10), ["c/macro", "x", 1, "macro"]]);
const named = (name: string) => SET.subjectNames.indexOf(name);
const TRAIN = [...SET.subjectNames.keys()].filter((subject) => subject % 3 > 0);

Deno.test("validationSplit() takes its share of the training subjects of each database, and nobody else", () => {
  const { train, heldout } = validationSplit({ validation: 0.25, seed: 0 }, SET, TRAIN)!;
  assertEquals([...train, ...heldout].sort((a, b) => a - b), TRAIN);
  const of = (database: string) => heldout.filter((subject) => SET.subjectNames[subject]!.startsWith(database)).length;
  assertEquals([of("a/"), of("b/"), heldout.length], [3, 2, 5]);
  assert(train.includes(named("c/macro")) === TRAIN.includes(named("c/macro")));
  assertNotEquals(validationSplit({ validation: 0.25, seed: 1 }, SET, TRAIN)!.heldout, heldout);
});

Deno.test("validationSplit() is null when θ is not chosen, and refuses a single training subject", () => {
  assertEquals(validationSplit({ validation: null, seed: 0 }, SET, TRAIN), null);
  assertThrows(
    () => validationSplit({ validation: 0.5, seed: 0 }, SET, [3, named("c/macro")]),
    RangeError,
    "expected two or more training subjects with micro clips, got 1; use --set validation=null",
  );
});
