import { assert, assertEquals } from "@std/assert";
import { farneback } from "../../lib/data/_farneback.ts";
import {
  flipClips,
  preprocessClip,
  type PreprocessClipOptions,
  type RawImage,
  type Recipe,
  toModelInput,
} from "../../lib/data/mod.ts";
import golden from "../golden/preprocess.json" with { type: "json" };

/** Values of numpy and of OpenCV's native library; tests/golden/README.md has the lines that made them. */
const bytes = (text: string) => Uint8Array.fromBase64(text);
const { clip, flow } = golden;
const [, height, width] = clip.shape as [number, number, number, number];
const all = bytes(clip.data);
const frames = Array.from({ length: clip.shape[0]! }, (_, i): RawImage => ({
  ...{ width, height, channels: 3 as const },
  data: all.subarray(i * width * height * 3, (i + 1) * width * height * 3),
}));
const crop = clip.crop as unknown as [number, number, number, number];
const plain = { frames: 4, size: 5, channels: 1, input: "frames", time: "tim" } as const;
const run = (fields: Partial<Recipe>, options: PreprocessClipOptions = {}) =>
  preprocessClip(frames, { ...plain, ...fields }, { crop, ...options });

/** The same but for values so near to a half that single precision decides: at most one in a hundred, by one. */
function assertNear(got: Uint8Array, want: Uint8Array): void {
  assertEquals(got.length, want.length);
  const off = Array.from(got, (value, i) => Math.abs(value - want[i]!)).filter((value) => value > 0);
  assert(off.every((value) => value === 1) && off.length <= got.length / 100, `${off} of ${got.length} differ`);
}

for (const time of ["tim", "linear", "nearest"] as const) {
  Deno.test(`preprocessClip() crop, luma, area and ${time} give numpy's and OpenCV's values`, async () => {
    assertNear(await run({ time, channels: 3 }), bytes(golden[time].rgb));
    assertNear(await run({ time }), bytes(golden[time].grey));
  });
}

Deno.test("preprocessClip() grows pictures as OpenCV does", async () => {
  const grown = await preprocessClip(frames.slice(0, 2), { ...plain, frames: 2, size: 20, channels: 3 });
  assertNear(grown, bytes(golden.grown));
});

Deno.test("preprocessClip() amplifies from the onset before it rounds, as numpy does", async () => {
  assertNear(await run({ time: "linear", amplify: 2.5 }), bytes(golden.amplified));
  assertNear(await run({ time: "linear", amplify: 2.5 }, { kind: "macro" }), bytes(golden.linear.grey));
});

Deno.test("preprocessClip() window onset-apex ends at the apex, with M = 1 it is the apex", async () => {
  const window = "onset-apex";
  assertNear(await run({ window, frames: 3, time: "linear" }, { apex: 5 }), bytes(golden.onsetApex));
  assertNear(await run({ window, frames: 1 }, { apex: 5 }), bytes(golden.apexOnly));
});

const [onset, apex] = [bytes(flow.onset), bytes(flow.apex)];

Deno.test("farneback() of the WebAssembly build is OpenCV's native one within 1e-5 pixels", async () => {
  const got = await farneback(new Uint8Array([...onset, ...apex]), 48, 0);
  const want = new Float32Array(bytes(flow.uv).buffer);
  const worst = Math.max(...got.map((value, i) => Math.abs(value - want[i]!)));
  assert(worst < 1e-5, `differs by ${worst} pixels`);
});

for (const scaling of ["fixed", "minmax"] as const) {
  const settings = { method: "farneback", size: 48, scaling, range: .5, strainRange: .125 } as const;
  const recipe = (frames: number) =>
    ({ frames, size: 16, channels: 3, time: "linear", input: "flow", flow: settings }) as const;
  const pictures = (all: readonly Uint8Array[]) =>
    all.map((data): RawImage => ({ width: 48, height: 48, channels: 1, data }));

  Deno.test(`preprocessClip() flow, strain and ${scaling} scaling are numpy's within one step`, async () => {
    assertNear(await preprocessClip(pictures([onset, apex]), recipe(1)), bytes(flow[scaling]));
  });

  Deno.test(`preprocessClip() flow from the onset to each frame, and its mirror, are numpy's with ${scaling} scaling`, async () => {
    const got = await preprocessClip(pictures([onset, bytes(golden.each.middle), apex]), recipe(3));
    assertNear(got, bytes(golden.each[scaling]));
    assertNear(flipClips(got, recipe(3)), bytes(golden.each.mirror[scaling]));
  });
}

Deno.test("flipClips() mirrors pictures as numpy does", async () => {
  const recipe = { ...plain, time: "linear", channels: 3 } as const;
  assertNear(flipClips(await run(recipe), recipe), bytes(golden.each.mirror.frames));
});

Deno.test("toModelInput() takes differences from the onset as numpy does", async () => {
  const recipe = { ...plain, time: "linear", input: "difference" } as const;
  const got = toModelInput(await run(recipe), recipe);
  const want = new Float32Array(bytes(golden.difference).buffer);
  const off = Array.from(got, (value, i) => Math.abs(value - want[i]!)).filter((value) => value > 1e-6);
  assertEquals(got.length, want.length);
  // A value so near to a half that single precision decides is off by one step.
  assert(off.every((value) => value < 1.01 / 255) && off.length <= got.length / 100, `${off} differ`);
});
