import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../lib/random/mod.ts";

Deno.test("createRandom() repeats itself for the same seed and names", () => {
  const draw = () => Array.from({ length: 5 }, ((random) => () => random.uniform())(createRandom(3, "a", 1)));
  assertEquals(draw(), draw());
});

Deno.test("createRandom() gives every small seed its own stream", () => {
  const firsts = Array.from({ length: 200 }, (_, seed) => createRandom(seed, "episode", 0).uniform());
  assertEquals(new Set(firsts).size, 200);
});

Deno.test("createRandom() gives streams of other names other numbers", () => {
  assertNotEquals(createRandom(0, "a").uniform(), createRandom(0, "b").uniform());
  assertNotEquals(createRandom(0, "a", 11).uniform(), createRandom(0, "a1", 1).uniform());
});

Deno.test("createRandom() draws uniform and normal numbers of the right moments", () => {
  const random = createRandom(0, "moments");
  const n = 20000;
  const uniform = Array.from({ length: n }, () => random.uniform());
  const normal = Array.from({ length: n }, () => random.normal());
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / n;
  assert(uniform.every((value) => value >= 0 && value < 1));
  assertAlmostEquals(mean(uniform), 0.5, 0.01);
  assertAlmostEquals(mean(normal), 0, 0.03);
  assertAlmostEquals(mean(normal.map((value) => value * value)), 1, 0.05);
});

Deno.test("createRandom() shuffles without losing an item and picks every item", () => {
  const random = createRandom(1, "shuffle");
  assertEquals(random.shuffle([1, 2, 3, 4]).sort(), [1, 2, 3, 4]);
  assertEquals(new Set(Array.from({ length: 100 }, () => random.pick(["a", "b", "c"]))).size, 3);
  assertThrows(() => random.pick([]), RangeError, "empty list");
});

Deno.test("createRandom() refuses a seed that is no integer", () => {
  assertThrows(() => createRandom(0.5), RangeError, "expected an integer, got 0.5");
});
