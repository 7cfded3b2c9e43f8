import { assert, assertEquals } from "@std/assert";
import { ACTION_UNITS, actionUnitIntensities, EXPRESSION_AXES } from "../../../lib/data/synthetic/mod.ts";

Deno.test("ACTION_UNITS give every axis two ends, and every name once", () => {
  assertEquals(new Set(ACTION_UNITS.map((unit) => unit.name)).size, ACTION_UNITS.length);
  for (let axis = 0; axis < EXPRESSION_AXES; axis++) {
    for (const end of [1, -1]) assert(ACTION_UNITS.some((unit) => unit.axis === axis && unit.end === end));
  }
});

Deno.test("actionUnitIntensities() are never negative and put antagonists at rest", () => {
  const intensities = actionUnitIntensities([0.5, -0.4, 0, 0.3, -0.2, 0]);
  assertEquals(intensities, {
    AU1: 0.5,
    AU2: 0.5,
    AU4: 0,
    AU5: 0,
    AU7: 0.4,
    AU6: 0,
    AU9: 0,
    AU12: 0.3,
    AU15: 0,
    AU26: 0,
    AU17: 0.2,
    AU20: 0,
    AU18: 0,
  });
});
