import { assertEquals } from "@std/assert";
import { encode } from "fast-png";
import type { Recipe } from "../../lib/data/mod.ts";
import { createBaseApp, type Limits, prepareClips, readClips } from "../../lib/http/mod.ts";
import { encodeSafetensors } from "../../lib/storage/mod.ts";
import { greyClip, greyPng, json, problemOf, safetensors, testDeps } from "../_util/http_fixture.ts";

const RECIPE = { frames: 2, size: 4, channels: 1, input: "frames", time: "tim" } as const;

function setUp(limits: Partial<Limits> = {}, recipe: Recipe = RECIPE) {
  const app = createBaseApp({ ...testDeps(), limits }, { ready: () => Promise.resolve(null) });
  app.post("/", async (c) => {
    const { clips, fields } = await readClips(c);
    const pixels = await prepareClips(clips, recipe);
    return c.json({ clips: clips.map(({ label, kind }) => [label, kind]), fields, pixels: [...pixels] });
  });
  return (request: RequestInit) => app.request("/", request);
}

Deno.test("readClips() gives the same clips from JSON and from safetensors", async () => {
  const ask = setUp();
  const metadata = { labels: '["a","b"]', kinds: '["micro","macro"]', subject: "s1" };
  const tensors = await (await ask(safetensors([7, 9], metadata))).json();
  const clips = [greyClip(7, { label: "a" }), greyClip(9, { label: "b", kind: "macro" })];
  assertEquals(await (await ask(json({ clips, subject: "s1" }))).json(), tensors);
  assertEquals(tensors.clips, [["a", "micro"], ["b", "macro"]]);
  assertEquals(tensors.fields, { subject: "s1" });
  assertEquals(tensors.pixels, [...new Array(32).fill(7), ...new Array(32).fill(9)]);
});

/** The first bytes of a PNG: signature and IHDR of a picture so large that decoding it would fail the machine. */
function hugePng(width: number, height: number): string {
  const bytes = encode({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes.toBase64();
}

const shaped = (shape: readonly number[]): RequestInit => ({
  ...safetensors([1]),
  body: encodeSafetensors({
    clips: { dtype: "U8", shape, data: new Uint8Array(shape.reduce((a, b) => a * b, 1)) },
  }),
});
const one = (frames: string[]) => json({ clips: [{ frames }] });

const LIMITED: readonly [why: string, limits: Partial<Limits>, request: RequestInit, field: string][] = [
  ["too many clips", { clips: 2 }, json({ clips: [greyClip(1), greyClip(1), greyClip(1)] }), "clips"],
  ["too many frames", { frames: 2 }, json({ clips: [greyClip(1), greyClip(1, {}, 3)] }), "clips.1.frames"],
  ["an image of too many pixels, by its header", {}, one([greyPng(1), hugePng(2001, 2000)]), "clips.0.frames.1"],
  ["too many pixels in all", { requestPixels: 100 }, json({ clips: [1, 2, 3, 4].map((v) => greyClip(v)) }), "clips.3"],
  ["a tensor of too many clips", { clips: 2 }, shaped([3, 1, 1, 1, 1]), "clips"],
  ["a tensor of too many frames", { frames: 2 }, shaped([1, 3, 1, 1, 1]), "clips"],
  ["a tensor of too large frames", { imagePixels: 10 }, shaped([1, 1, 11, 1, 1]), "clips"],
  ["a tensor of too many pixels", { requestPixels: 10 }, shaped([2, 2, 3, 1, 1]), "clips"],
];

for (const [why, limits, request, field] of LIMITED) {
  Deno.test(`readClips() answers 413 to ${why}`, async () => {
    const problem = await problemOf(await setUp(limits)(request));
    assertEquals([problem.status, problem.fields], [413, [field]]);
  });
}

Deno.test("readClips() refuses a body beyond the limit before parsing it", async () => {
  const problem = await problemOf(await setUp({ bodyBytes: 100 })(json({ clips: [greyClip(1)] })));
  assertEquals([problem.status, problem.fields], [413, []]);
});

Deno.test("readClips() names at most 20 wrong fields", async () => {
  const clips = Array.from({ length: 64 }, () => ({}));
  assertEquals((await problemOf(await setUp()(json({ clips })))).fields.length, 20);
});

Deno.test("readClips() cuts a clip from onset to apex, and looks for the apex that is not told", async () => {
  const apexOnly: Recipe = { ...RECIPE, frames: 1, size: 1, window: "onset-apex", amplify: 2 };
  const frames = [90, 10, 20, 50, 30, 20, 15].map((value) => greyPng(value));
  const pixelOf = async (fields: object) =>
    (await (await setUp({}, apexOnly)(json({ clips: [{ frames, ...fields }] }))).json()).pixels;
  assertEquals(await pixelOf({ onset: 1, apex: 2 }), [30]); // 10 + 2 (20 − 10)
  assertEquals(await pixelOf({ onset: 1, apex: 2, kind: "macro" }), [20]);
  assertEquals(await pixelOf({ onset: 1 }), [90]); // the frame of largest motion, 50
  assertEquals(await pixelOf({ onset: 1, apex: 1 }), [90]); // nothing has moved at the onset
  assertEquals(await pixelOf({ onset: 1, offset: 6 }), [90]); // midpoint: frame 3
  assertEquals(await pixelOf({ onset: 1, offset: 4 }), [30]); // midpoint: frame 2
});

Deno.test("readClips() refuses an onset, apex or offset out of order, naming it", async () => {
  const fieldsOf = async (fields: Record<string, number>) => {
    const { status, fields: named } = await problemOf(await setUp()(json({ clips: [greyClip(1, fields, 4)] })));
    return [status, ...named];
  };
  assertEquals(await fieldsOf({ onset: 4 }), [422, "clips.0.onset"]);
  assertEquals(await fieldsOf({ offset: 4 }), [422, "clips.0.offset"]);
  assertEquals(await fieldsOf({ onset: 2, offset: 1 }), [422, "clips.0.offset"]);
  assertEquals(await fieldsOf({ onset: 2, apex: 1 }), [422, "clips.0.apex"]);
  assertEquals(await fieldsOf({ offset: 2, apex: 3 }), [422, "clips.0.apex"]);
});
