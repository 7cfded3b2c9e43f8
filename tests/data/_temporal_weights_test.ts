import { assertAlmostEquals, assertEquals } from "@std/assert";
import { temporalWeights } from "../../lib/data/_temporal_weights.ts";

Deno.test("temporalWeights() tim gives the reference vectors of the closed form", () => {
  const rows = temporalWeights(3, 5, "tim");
  [.455342, .666667, -.122008].forEach((value, j) => assertAlmostEquals(rows[1]![j]!, value, 1e-6));
  assertEquals(Array.from(rows[2]!), [0, 1, 0]);
  assertEquals(Array.from(rows[0]!), [1, 0, 0]);
  assertEquals(Array.from(rows[4]!), [0, 0, 1]);
});

Deno.test("temporalWeights() tim equals the sum over cosines as the model is written", () => {
  for (const [n, frames] of [[2, 7], [5, 8], [19, 8], [67, 10], [300, 8]] as const) {
    temporalWeights(n, frames, "tim").forEach((row, m) => {
      const t = m / (frames - 1) * (1 - 1 / n) + 1 / n;
      for (let j = 1; j <= n; j++) {
        let sum = 1 / n;
        for (let k = 1; k < n; k++) {
          sum += 2 / n * Math.cos(Math.PI * k * (2 * j - 1) / (2 * n)) * Math.cos(Math.PI * k * (t - 1 / (2 * n)));
        }
        assertAlmostEquals(row[j - 1]!, sum, 1e-10);
      }
    });
  }
});

Deno.test("temporalWeights() rows sum to 1, M = n is the identity, one frame is repeated", () => {
  for (const time of ["tim", "linear", "nearest"] as const) {
    for (const n of [1, 2, 3, 8, 31]) {
      for (const frames of [1, 2, 5, 8]) {
        for (const row of temporalWeights(n, frames, time)) {
          assertEquals(row.length, n);
          assertAlmostEquals(row.reduce((a, b) => a + b), 1, 1e-12);
        }
      }
      const square = temporalWeights(n, n, time);
      if (n > 1) square.forEach((row, i) => assertEquals(Array.from(row), Array.from(row, (_, j) => Number(i === j))));
    }
  }
});

Deno.test("temporalWeights() linear lies between neighbours, nearest picks one, halves up", () => {
  assertEquals(temporalWeights(4, 3, "linear").map((row) => Array.from(row)), [
    [1, 0, 0, 0],
    [0, .5, .5, 0],
    [0, 0, 0, 1],
  ]);
  assertEquals(temporalWeights(4, 3, "nearest").map((row) => row.indexOf(1)), [0, 2, 3]);
});

Deno.test("temporalWeights() takes the middle for M = 1", () => {
  assertEquals(Array.from(temporalWeights(5, 1, "tim")[0]!), [0, 0, 1, 0, 0]);
  assertEquals(Array.from(temporalWeights(1, 1, "tim")[0]!), [1]);
});
