import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { calibrationError } from "../../lib/eval/mod.ts";

Deno.test("calibrationError() adds up the gaps of its bins, by hand", () => {
  // Ten at 0.75 with six right, ten at 0.95 with ten right: (|6 - 7.5| + |10 - 9.5|) / 20.
  const rows = [...Array(10).fill([0.75, 0.25]), ...Array(10).fill([0.05, 0.95])];
  const labels = rows.map((_, i) => i < 6 ? 0 : 1);
  assertAlmostEquals(calibrationError(rows, labels), 0.1, 1e-12);
  // In one bin the gaps of both make up for each other.
  assertAlmostEquals(calibrationError(rows, labels, 1), 0.05, 1e-12);
  assertEquals(calibrationError([[1, 0], [1, 0]], [0, 0]), 0);
});

Deno.test("calibrationError() refuses labels that are not one a row", () => {
  assertThrows(() => calibrationError([], []), RangeError, "expected one label a row");
  assertThrows(() => calibrationError([[0.5, 0.5]], []), RangeError, "got 0 of 1 rows");
});
