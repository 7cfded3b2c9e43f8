import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodePacked, encodePacked } from "../../lib/data/mod.ts";
import { clipSet } from "./_util/clip_set.ts";

Deno.test("encodePacked() lays tensors out as the files' contract says", () => {
  const set = clipSet([["a/1", "x", 2, "micro"], ["b/1", "y", 1, "macro"]]);
  const { tensors, metadata } = encodePacked(set);
  assertEquals(Object.keys(tensors), ["clips", "labels", "subjects", "kinds"]);
  assertEquals([tensors.clips!.dtype, tensors.clips!.shape], ["U8", [3, 1, 1, 1, 1]]);
  assertEquals([tensors.kinds!.dtype, tensors.kinds!.data], ["U8", Uint8Array.of(0, 0, 1)]);
  assertEquals([tensors.labels!.dtype, tensors.labels!.data], ["I32", Int32Array.of(0, 0, 1)]);
  assertEquals([metadata.format, metadata.formatVersion], ["lightmannet-clips", "1"]);
  assertEquals([metadata.classes, metadata.subjects, metadata.kinds], [
    '["x","y"]',
    '["a/1","b/1"]',
    '["micro","macro"]',
  ]);
});

Deno.test("encodePacked() and decodePacked() are inverse", () => {
  const rows = fc.array(
    fc.tuple(
      fc.constantFrom("a/1", "a/2", "b/1"),
      fc.constantFrom("x", "y", "é"),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom("micro" as const, "macro" as const),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(rows, (rows) => {
      const set = clipSet(rows);
      const { tensors, metadata } = encodePacked(set);
      assertEquals(decodePacked(tensors, metadata), set);
    }),
    { numRuns: 50, seed: 3 },
  );
});
