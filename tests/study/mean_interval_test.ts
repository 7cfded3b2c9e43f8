import { assertAlmostEquals, assertThrows } from "@std/assert";
import { meanInterval } from "../../lib/study/mod.ts";

/** n values whose sample standard deviation is exactly 1. */
function unitSpread(n: number): number[] {
  const spread = Array.from({ length: n }, (_, i) => i - (n - 1) / 2);
  const s = Math.sqrt(spread.reduce((sum, value) => sum + value ** 2, 0) / (n - 1));
  return spread.map((value) => value / s);
}

/** 97.5 % quantiles of Student's t as statistical tables print them, by degrees of freedom. */
const KNOWN: [number, number][] = [[1, 12.706], [2, 4.303], [4, 2.776], [9, 2.262], [20, 2.086], [29, 2.045], [
  30,
  2.042,
]];

for (const [freedom, t] of KNOWN) {
  Deno.test(`meanInterval() multiplies the standard error by ${t} for ${freedom + 1} runs`, () => {
    const { mean, half } = meanInterval(unitSpread(freedom + 1).map((value) => 0.7 + value));
    assertAlmostEquals(mean, 0.7, 1e-12);
    assertAlmostEquals(half, t / Math.sqrt(freedom + 1), 1e-9);
  });
}

Deno.test("meanInterval() uses the normal distribution's quantile for many runs", () => {
  assertAlmostEquals(meanInterval(unitSpread(400)).half, 1.96 / 20, 1e-9);
});

Deno.test("meanInterval() has no width for equal runs, and refuses fewer than two", () => {
  assertAlmostEquals(meanInterval([0.5, 0.5, 0.5]).half, 0);
  for (const values of [[], [1]]) {
    assertThrows(() => meanInterval(values), RangeError, `expected two or more, got ${values.length}`);
  }
});
