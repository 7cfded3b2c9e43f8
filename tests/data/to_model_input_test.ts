import { assertEquals, assertThrows } from "@std/assert";
import { type Recipe, toModelInput } from "../../lib/data/mod.ts";

const recipe = { frames: 2, size: 1, channels: 3, input: "frames", time: "tim" } as const;

Deno.test("toModelInput() scales frames to 0..1", () => {
  const out = toModelInput(Uint8Array.of(0, 51, 255, 1, 2, 3), recipe);
  assertEquals(Array.from(out), Array.from(Float32Array.of(0, 0.2, 1, 1 / 255, 2 / 255, 3 / 255)));
});

Deno.test("toModelInput() takes differences from each clip's own first frame, signs kept", () => {
  const clips = Uint8Array.of(10, 20, 30, 9, 22, 30, /* second clip */ 255, 0, 0, 0, 255, 1);
  const expected = [0, 0, 0, -1, 2, 0, 0, 0, 0, -255, 255, 1].map((x) => x / 255);
  assertEquals(
    Array.from(toModelInput(clips, { ...recipe, input: "difference" })),
    Array.from(Float32Array.from(expected)),
  );
});

Deno.test("toModelInput() takes no clips, and refuses part of one", () => {
  assertEquals(toModelInput(new Uint8Array(0), recipe).length, 0);
  assertThrows(() => toModelInput(new Uint8Array(7), recipe), TypeError, "clips of 6 bytes, got 7 bytes");
});

Deno.test("toModelInput() gives flow its sign and unit back, by the recipe's scaling", () => {
  const flow = { method: "farneback", size: 1, scaling: "fixed", range: 1, strainRange: 1 } as const;
  const flowing: Recipe = { frames: 2, size: 1, channels: 3, input: "flow", time: "tim", flow };
  const clip = Uint8Array.of(128, 1, 0, 255, 129, 51);
  assertEquals(toModelInput(clip, flowing), Float32Array.of(0, -1, 0, 1, 1 / 127, .2));
  assertEquals(toModelInput(Uint8Array.of(0, 0, 0, 0, 0, 0), flowing), Float32Array.of(-1, -1, 0, -1, -1, 0));
  const minmax: Recipe = { ...flowing, flow: { ...flow, scaling: "minmax" } };
  assertEquals(toModelInput(clip, minmax), Float32Array.from(clip, (value) => value / 255));
});
