import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { flipClips, preprocessClip, type RawImage, type Recipe } from "../../lib/data/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const grey: Recipe = { frames: 2, size: 3, channels: 1, input: "difference", time: "tim" };
const settings = { method: "farneback", size: 32, scaling: "fixed", range: 1, strainRange: .125 } as const;
const fixed: Recipe = { ...grey, size: 16, channels: 3, input: "flow", flow: settings };
const minmax: Recipe = { ...fixed, flow: { ...settings, scaling: "minmax" } };

/** Frames of a smooth texture that moves by (dx, dy) a frame. */
function moving(seed: number, dx: number, dy: number): RawImage[] {
  const random = createRandom(seed, "waves");
  const waves = Array.from({ length: 12 }, () => [random.range(-.5, .5), random.range(-.5, .5), random.range(0, 6)]);
  return [0, 1].map((t) => ({
    ...{ width: 40, height: 40, channels: 1 as const },
    data: Uint8Array.from({ length: 1600 }, (_, i) => {
      const [x, y] = [i % 40 - t * dx, Math.floor(i / 40) - t * dy];
      return Math.round(128 + waves.reduce((sum, [a, b, c]) => sum + 10 * Math.cos(a! * x + b! * y + c!), 0));
    }),
  }));
}

/** The picture in a mirror. */
function mirrored({ data, width, ...image }: RawImage): RawImage {
  return { ...image, width, data: data.map((_, i) => data[i + width - 1 - 2 * (i % width)]!) };
}

/** A seed and a shift that is no less than the flow can tell: minmax scaling would blow up rounding errors. */
const shift = fc.tuple(
  fc.integer(),
  fc.double({ min: .5, max: 3, noNaN: true }),
  fc.double({ min: -3, max: 3, noNaN: true }),
);

for (const [name, recipe] of Object.entries({ grey, fixed, minmax })) {
  Deno.test(`flipClips() is what the clip filmed in a mirror gives (${name})`, async () => {
    await fc.assert(
      fc.asyncProperty(shift, async ([seed, dx, dy]) => {
        const frames = moving(seed, dx, dy);
        const flipped = flipClips(await preprocessClip(frames, recipe), recipe);
        const filmed = await preprocessClip(frames.map(mirrored), recipe);
        // The flow itself is not quite the same to the left and to the right; its scale and sign are.
        const off = flipped.map((value, i) => Math.abs(value - filmed[i]!));
        const mean = off.reduce((sum, value) => sum + value, 0) / off.length;
        assert(mean <= (recipe.flow ? 1 : 0), `differs by ${mean} in the mean`);
      }),
      { numRuns: 25 },
    );
  });
}

Deno.test("flipClips() mirrors each row and negates u about 128, and twice is nothing", () => {
  const small = { ...fixed, frames: 1, size: 2 };
  const clip = Uint8Array.of(1, 2, 3, 128, 5, 6, 255, 8, 9, 130, 11, 12);
  assertEquals(flipClips(clip, small), Uint8Array.of(128, 5, 6, 255, 2, 3, 126, 11, 12, 1, 8, 9));
  assertEquals(flipClips(flipClips(clip, small), small), clip);
  const { scaling: _, ...rest } = settings;
  const wide: Recipe = { ...small, flow: { ...rest, scaling: "minmax" } };
  assertEquals(flipClips(clip, wide), Uint8Array.of(127, 5, 6, 254, 2, 3, 125, 11, 12, 0, 8, 9));
  const constant = Uint8Array.of(0, 2, 3, 0, 5, 6, 0, 8, 9, 0, 11, 12);
  assertEquals(flipClips(constant, wide), Uint8Array.of(0, 5, 6, 0, 2, 3, 0, 11, 12, 0, 8, 9));
});

Deno.test("flipClips() takes it from the caller how u lies in stored maps, which their recipe does not tell from pictures", () => {
  const maps: Recipe = { frames: 1, size: 2, channels: 3, input: "frames", time: "tim" };
  const clip = Uint8Array.of(1, 2, 3, 128, 5, 6, 255, 8, 9, 130, 11, 12);
  for (const scaling of ["fixed", "minmax"] as const) {
    const flow: Recipe = { ...maps, input: "flow", flow: { ...settings, scaling } };
    assertEquals(flipClips(clip, maps, { flow: scaling }), flipClips(clip, flow));
    assertEquals(flipClips(clip, flow, { flow: null }), flipClips(clip, maps));
  }
  assertEquals(flipClips(clip, maps), Uint8Array.of(128, 5, 6, 1, 2, 3, 130, 11, 12, 255, 8, 9));
  assertThrows(() => flipClips(clip, { ...maps, channels: 1 }, { flow: "fixed" }), RangeError, "3 channels of flow");
});

Deno.test("flipClips() keeps clips, frames and channels apart, and refuses part of a clip", () => {
  const rgb: Recipe = { frames: 2, size: 2, channels: 3, input: "frames", time: "tim" };
  const clips = Uint8Array.from({ length: 48 }, (_, i) => i);
  const want = clips.map((_, i) => i % 6 < 3 ? i + 3 : i - 3);
  assertEquals(flipClips(clips, rgb), want);
  assertThrows(() => flipClips(new Uint8Array(23), rgb), TypeError, "clips of 24 bytes, got 23");
});
