import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { subjectExpressions, SYNTHETIC_CLASSES } from "../../../lib/data/synthetic/mod.ts";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

Deno.test("subjectExpressions() are everyone's at rho = 0 and differ between subjects above", () => {
  assertEquals(subjectExpressions(3, 1, 0), subjectExpressions(4, 17, 0));
  const [a, b] = [subjectExpressions(3, 1, 1), subjectExpressions(3, 2, 1)];
  assert(dot(a.positive, b.positive) < 0.99);
});

Deno.test("subjectExpressions() keep unit length and a person's expressions distinct, whatever rho", () => {
  const canonical = subjectExpressions(0, 1, 0);
  for (const rho of [0, 0.3, 0.6, 1]) {
    for (let subject = 1; subject <= 12; subject++) {
      const own = subjectExpressions(0, subject, rho);
      for (const a of SYNTHETIC_CLASSES) {
        for (const b of SYNTHETIC_CLASSES) {
          assertAlmostEquals(dot(own[a], own[b]), dot(canonical[a], canonical[b]), 1e-9);
        }
      }
    }
  }
});

Deno.test("subjectExpressions() change smoothly with rho", () => {
  for (let subject = 1; subject <= 12; subject++) {
    for (let rho = 0; rho < 1; rho += 0.05) {
      const [here, there] = [
        subjectExpressions(9, subject, rho),
        subjectExpressions(9, subject, Math.min(1, rho + 0.01)),
      ];
      for (const label of SYNTHETIC_CLASSES) {
        // Two angles of at most π and 2π/3, times ρ(2 + ρ)/3, whose slope is at most 4/3.
        assert(Math.hypot(...here[label].map((z, i) => z - there[label][i]!)) <= 0.01 * (4 / 3) * (5 / 3) * Math.PI);
      }
    }
  }
});

Deno.test("subjectExpressions() at rho = 1 are the same three in three subjects, each meaning another emotion", () => {
  for (let first = 1; first <= 34; first += 3) {
    const trio = [0, 1, 2].map((i) => subjectExpressions(21, first + i, 1));
    for (const label of SYNTHETIC_CLASSES) {
      const shown = trio[0]![label];
      const meanings = trio.map((own) =>
        SYNTHETIC_CLASSES.filter((other) => Math.hypot(...own[other].map((z, i) => z - shown[i]!)) < 0.01)
      );
      assertEquals(meanings.flat().toSorted(), [...SYNTHETIC_CLASSES]);
    }
    assert(Math.abs(dot(trio[0]!.positive, subjectExpressions(21, first + 3, 1).positive)) < 0.999);
  }
});
