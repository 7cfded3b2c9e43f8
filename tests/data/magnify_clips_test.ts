import { assertEquals, assertThrows } from "@std/assert";
import { magnifyClips, type Recipe } from "../../lib/data/mod.ts";

const recipe = { frames: 2, size: 1, channels: 1, input: "frames", time: "tim" } as const;

Deno.test("magnifyClips() enlarges each clip's movement from its own first frame, clipped", () => {
  const clips = Uint8Array.of(100, 103, 50, 40, 250, 255);
  assertEquals(magnifyClips(clips, recipe, 6), Uint8Array.of(100, 118, 50, 0, 250, 255));
  assertEquals(clips[1], 103);
});

Deno.test("magnifyClips() by 1 changes nothing, by a fraction rounds halves to even", () => {
  const clips = Uint8Array.of(10, 11, 10, 13);
  assertEquals(magnifyClips(clips, recipe, 1), clips);
  assertEquals(magnifyClips(clips, recipe, 0.5), Uint8Array.of(10, 10, 10, 12));
});

Deno.test("magnifyClips() refuses single frames, factors that are not positive and part of a clip", () => {
  assertThrows(() => magnifyClips(Uint8Array.of(1), { ...recipe, frames: 1 }, 6), RangeError, "2 frames or more");
  for (const k of [0, -1, NaN, Infinity]) assertThrows(() => magnifyClips(Uint8Array.of(1, 2), recipe, k), RangeError);
  assertThrows(() => magnifyClips(Uint8Array.of(1), recipe, 6), TypeError, "clips of 2 bytes, got 1 bytes");
});

Deno.test("magnifyClips() multiplies flow of fixed scaling about zero, for M = 1 too, and refuses minmax", () => {
  const flow = { method: "farneback", size: 1, scaling: "fixed", range: 1, strainRange: 1 } as const;
  const flowing: Recipe = { frames: 1, size: 1, channels: 3, input: "flow", time: "tim", flow };
  assertEquals(magnifyClips(Uint8Array.of(130, 120, 9), flowing, 4), Uint8Array.of(136, 96, 36));
  assertEquals(magnifyClips(Uint8Array.of(228, 28, 99), flowing, 4), Uint8Array.of(255, 1, 255));
  const minmax: Recipe = { ...flowing, flow: { ...flow, scaling: "minmax" } };
  assertThrows(() => magnifyClips(Uint8Array.of(1, 2, 3), minmax, 4), RangeError, "minmax, which has no magnitude");
});
