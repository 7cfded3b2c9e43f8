import { assertEquals, assertRejects } from "@std/assert";
import { type ApexChoice, preprocessClip, type PreprocessClipOptions, type Recipe } from "../../lib/data/mod.ts";
import { FLOW_ZERO } from "../../lib/data/_scale_flow.ts";

const base: Recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "nearest", window: "onset-apex" };
const pixels = (...values: number[]) =>
  values.map((value) => ({ width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(value) }));
/** The clip's bytes and the apex that was chosen. */
async function run(frames: number[], recipe: Partial<Recipe>, options: PreprocessClipOptions = {}) {
  const told: ApexChoice[] = [];
  const onApex = (choice: ApexChoice) => told.push(choice);
  const bytes = await preprocessClip(pixels(...frames), { ...base, ...recipe }, { ...options, onApex });
  return [[...bytes], ...told.map(({ frame, source }) => `${frame} ${source}`)];
}

Deno.test("preprocessClip() takes the annotated apex, and none is missing where nothing needs it", async () => {
  assertEquals(await run([1, 2, 3, 4], {}, { apex: 2 }), [[3], "2 annotated"]);
  assertEquals(await run([1, 2, 3, 4], { window: "clip", frames: 2 }, { apex: 2 }), [[1, 4]]);
});

Deno.test("preprocessClip() midpoint is onset + floor((offset - onset) / 2), at least the second frame", async () => {
  assertEquals(await run([1, 2, 3, 4], {}), [[2], "1 midpoint"]);
  assertEquals(await run([1, 2, 3, 4, 5], {}), [[3], "2 midpoint"]);
  assertEquals(await run([1, 2], {}), [[2], "1 midpoint"]);
  assertEquals(await run([1], {}), [[1], "0 midpoint"]);
});

Deno.test("preprocessClip() takes an apex on the onset for a missing one", async () => {
  assertEquals(await run([1, 2, 3, 4, 5], {}, { apex: 0 }), [[3], "2 midpoint"]);
});

Deno.test("preprocessClip() motion is the smoothed largest difference to the onset, the first of equals", async () => {
  const motion = { missingApex: "motion" } as const;
  // D = 0 2 4 9 3: 4 S = 8 19 25 18 of frames 1 to 4.
  assertEquals(await run([10, 12, 14, 19, 13], motion), [[19], "3 motion"]);
  // D = 0 9 8 8 7: 4 S = 26 33 31 29: what lasts outweighs a flash.
  assertEquals(await run([10, 19, 18, 18, 17], motion), [[18], "2 motion"]);
  // Falling brightness moves as much as rising, and a movement may end with the clip: 4 S = 5 20 39 of frames 1 to 3.
  assertEquals(await run([50, 50, 45, 40], motion), [[40], "3 motion"]);
  assertEquals(await run([10, 10, 10], motion), [[10], "1 motion"]);
});

Deno.test("preprocessClip() looks for motion where the offset is not known, whatever the recipe", async () => {
  const frames = [50, 40, 20, 10, 20, 40];
  assertEquals(await run(frames, {}, { trimmed: false }), [[10], "3 motion"]);
  assertEquals(await run(frames, {}, { trimmed: true }), [[20], "2 midpoint"]);
});

Deno.test("preprocessClip() looks for motion inside the box only", async () => {
  const frames = [[10, 10], [10, 90], [20, 10], [40, 10], [20, 10]].map((row) => ({
    ...{ width: 2, height: 1, channels: 1 as const },
    data: Uint8Array.from(row),
  }));
  const recipe = { ...base, missingApex: "motion" } as const;
  assertEquals(await preprocessClip(frames, recipe, { crop: [0, 0, 1, 1] }), Uint8Array.of(40));
});

Deno.test("preprocessClip() amplifies micro clips from the onset, clipped, for M = 1 too", async () => {
  const amplified = { amplify: 3, window: "clip", frames: 3 } as const;
  assertEquals(await run([100, 104, 10], amplified), [[100, 112, 0]]);
  assertEquals(await run([100, 104, 10], amplified, { kind: "macro" }), [[100, 104, 10]]);
  assertEquals(await run([100, 104, 10], { amplify: 3 }, { apex: 1 }), [[112], "1 annotated"]);
});

const flow = { method: "farneback", size: 8, scaling: "fixed", range: 1, strainRange: .125 } as const;

Deno.test("preprocessClip() flow is zero, exactly, of what stands still, and needs two frames", async () => {
  const recipe = { ...base, frames: 3, size: 4, channels: 3, input: "flow", flow, window: "clip" } as const;
  const still = pixels(7, 7, 7, 7);
  assertEquals([...new Set(await preprocessClip(still, recipe))], [FLOW_ZERO, 0]);
  const minmax = { ...recipe, flow: { ...flow, scaling: "minmax" } } as const;
  assertEquals([...new Set(await preprocessClip(still, minmax))], [0]); // 0/0
  await assertRejects(() => preprocessClip(pixels(7), recipe), RangeError, "an onset and another frame, got one");
});

Deno.test("preprocessClip() refuses an apex outside the clip and recipes that contradict themselves", async () => {
  for (const apex of [-1, 4, .5, NaN]) {
    await assertRejects(() => run([1, 2, 3, 4], {}, { apex }), RangeError, "expected an apex from 0 to 3");
  }
  const flowing = { input: "flow", channels: 3, flow } as const;
  for (
    const fields of [
      { amplify: 0 },
      { window: "apex" as "clip" },
      { missingApex: "none" as "motion" },
      { input: "flow" as const },
      { flow },
      { ...flowing, channels: 1 as const },
      { ...flowing, size: 9 },
      { ...flowing, flow: { ...flow, size: 1025 } },
      { ...flowing, flow: { ...flow, range: 0 } },
      { ...flowing, flow: { ...flow, strainRange: NaN } },
      { ...flowing, flow: { ...flow, scaling: "log" as "fixed" } },
      { ...flowing, flow: { ...flow, method: "tvl1" as "farneback" } },
    ]
  ) {
    await assertRejects(() => run([1, 2], fields), RangeError, "Cannot preprocess a clip: expected recipe.");
  }
});
