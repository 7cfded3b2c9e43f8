import { assertAlmostEquals, assertEquals } from "@std/assert";
import { temper } from "../../lib/eval/mod.ts";

const softmax = (row: readonly number[], t = 1) => {
  const weights = row.map((z) => Math.exp(z / t));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
};

Deno.test("temper() is the softmax of other logits, keeps the order, and undoes itself", () => {
  const row = [1.5, -0.5, 0.2];
  for (const t of [0.1, 1, 7]) {
    const found = temper(softmax(row), t);
    softmax(row, t).forEach((p, k) => assertAlmostEquals(found[k]!, p, 1e-12));
    temper(found, 1 / t).forEach((p, k) => assertAlmostEquals(p, softmax(row)[k]!, 1e-9));
  }
  assertAlmostEquals(temper([1, 0], 0.5)[1]!, 0, 1e-30);
  assertEquals(temper([0, 1], 20).every(Number.isFinite), true);
});
