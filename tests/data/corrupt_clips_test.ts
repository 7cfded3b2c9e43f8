import { assert, assertEquals, assertThrows } from "@std/assert";
import { corruptClips, type CorruptClipsOptions, type LoadedClipSet, type Recipe } from "../../lib/data/mod.ts";

const RECIPE: Recipe = { frames: 2, size: 5, channels: 3, input: "frames", time: "tim" };

/** n clips of a recipe, every byte told by the clip's number and its place. */
function clips(n: number, recipe: Recipe = RECIPE): LoadedClipSet {
  const length = recipe.frames * recipe.size ** 2 * recipe.channels;
  return {
    recipe,
    clips: Uint8Array.from({ length: n * length }, (_, i) => 1 + (Math.floor(i / length) * 31 + i * 7) % 250),
    ids: Array.from({ length: n }, (_, i) => `c${i}`),
    labels: Int32Array.from({ length: n }, (_, i) => i % 2),
    subjects: new Int32Array(n),
    kinds: Array.from({ length: n }, (_, i) => i % 3 === 0 ? "macro" : "micro"),
    classes: ["a", "b"],
    subjectNames: ["db/1"],
  };
}

/** Bytes by clip id. */
function byId({ clips, ids }: LoadedClipSet): Map<string, Uint8Array> {
  const length = clips.length / ids.length;
  return new Map(ids.map((id, i) => [id, clips.subarray(i * length, (i + 1) * length)]));
}

/** Ids of the clips that changed. */
function changed(set: LoadedClipSet, options: CorruptClipsOptions): string[] {
  const [before, after] = [byId(set), byId(corruptClips(set, options))];
  return set.ids.filter((id) => before.get(id)!.join() !== after.get(id)!.join());
}

const KINDS = ["mask", "noise", "grayscale"] as const;

Deno.test("corruptClips() spoils exactly the share, the same clips by each kind, smaller shares within larger", () => {
  const set = clips(37);
  for (const [share, count] of [[0, 0], [.1, 4], [.3, 11], [.5, 19], [1, 37]] as const) {
    const sets = KINDS.map((kind) => changed(set, { kind, share, seed: 5 }));
    assertEquals(sets.map((ids) => ids.length), [count, count, count]);
    assertEquals([sets[1], sets[2]], [sets[0], sets[0]]);
  }
  const [few, many] = [.1, .5].map((share) => changed(set, { kind: "mask", share, seed: 5 }));
  assert(few!.every((id) => many!.includes(id)));
  assert(
    changed(set, { kind: "mask", share: .3, seed: 6 }).join() !==
      changed(set, { kind: "mask", share: .3, seed: 5 }).join(),
  );
});

Deno.test("corruptClips() depends on a clip's id, not on its place, and repeats itself", () => {
  const set = clips(12);
  const order = [7, 3, 11, 0, 5, 1, 10, 2, 9, 4, 8, 6];
  const parts = byId(set);
  const shuffled: LoadedClipSet = {
    ...set,
    ids: order.map((i) => set.ids[i]!),
    clips: new Uint8Array(order.flatMap((i) => [...parts.get(set.ids[i]!)!])),
  };
  for (const kind of KINDS) {
    const [a, b] = [set, shuffled].map((given) => byId(corruptClips(given, { kind, share: .5, seed: 2 })));
    for (const id of set.ids) assertEquals(b!.get(id), a!.get(id));
  }
});

Deno.test("corruptClips() never touches its input, labels, subjects or kinds", () => {
  const set = clips(6);
  const copy = structuredClone(set);
  for (const kind of KINDS) {
    const { clips: bytes, ...rest } = corruptClips(set, { kind, share: 1, seed: 0 });
    const { clips: before, ...same } = set;
    assertEquals(rest, same);
    assert(bytes !== before && bytes.length === before.length);
    assertEquals(set, copy);
  }
});

Deno.test("corruptClips() mask blackens one square in all frames", () => {
  const set = clips(20);
  for (const [id, clip] of byId(corruptClips(set, { kind: "mask", share: 1, seed: 1 }))) {
    const black = Array.from({ length: 50 }, (_, i) => clip.subarray(3 * i, 3 * i + 3).every((v) => v === 0) ? i : -1)
      .filter((i) => i >= 0);
    const [first] = black as [number];
    assertEquals(black, [0, 1, 5, 6, 25, 26, 30, 31].map((i) => first + i), id); // side round(0.4 · 5) = 2
    assert(first % 5 < 4 && first < 20);
  }
});

Deno.test("corruptClips() noise has its standard deviation, in the square alone", () => {
  const recipe: Recipe = { frames: 4, size: 40, channels: 1, input: "frames", time: "tim" };
  const set: LoadedClipSet = { ...clips(1, recipe), clips: new Uint8Array(6400).fill(128) };
  const noise = Array.from(corruptClips(set, { kind: "noise", share: 1, seed: 3 }).clips, (value) => value - 128)
    .filter((value) => value !== 0);
  assert(noise.length > 950 && noise.length <= 4 * 16 * 16);
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value ** 2, 0) / 1024);
  assert(Math.abs(deviation - 25.5) < 1.5, `deviation ${deviation}`);
});

Deno.test("corruptClips() grayscale is luma, and nothing where there is no colour", () => {
  const recipe: Recipe = { frames: 1, size: 1, channels: 3, input: "frames", time: "tim" };
  const set: LoadedClipSet = { ...clips(1, recipe), clips: Uint8Array.of(255, 100, 10) };
  assertEquals(corruptClips(set, { kind: "grayscale", share: 1, seed: 0 }).clips, Uint8Array.of(136, 136, 136));
  const flow = { method: "farneback", size: 5, scaling: "fixed", range: 1, strainRange: 1 } as const;
  for (const other of [{ ...RECIPE, channels: 1 as const }, { ...RECIPE, input: "flow" as const, flow }]) {
    assertEquals(changed(clips(4, other), { kind: "grayscale", share: 1, seed: 0 }), []);
  }
});

Deno.test("corruptClips() masks flow as what stands still", () => {
  const flow = { method: "farneback", size: 5, scaling: "fixed", range: 1, strainRange: 1 } as const;
  const all = { kind: "mask", share: 1, seed: 0, side: 1 } as const;
  const fixed = corruptClips(clips(1, { ...RECIPE, input: "flow", flow }), all);
  assertEquals([...fixed.clips.subarray(0, 6)], [128, 128, 0, 128, 128, 0]);
  const minmax = corruptClips(clips(1, { ...RECIPE, input: "flow", flow: { ...flow, scaling: "minmax" } }), all);
  assertEquals(Math.max(...minmax.clips), 0);
});

Deno.test("corruptClips() gives the same values on every machine", () => {
  const recipe: Recipe = { frames: 1, size: 4, channels: 1, input: "frames", time: "tim" };
  const set = clips(3, recipe);
  const first = (kind: "mask" | "noise") => {
    const { clips: bytes } = corruptClips(set, { kind, share: .7, seed: 11, side: .5 });
    return [0, 16, 32].map((at) => [...bytes.subarray(at, at + 8)]);
  };
  const [one, two, three] = [
    [1, 8, 15, 22, 29, 36, 43, 50],
    [144, 151, 158, 165, 172, 179, 186, 193],
    [37, 44, 51, 58, 65, 72, 79, 86],
  ];
  assertEquals([0, 16, 32].map((at) => [...set.clips.subarray(at, at + 8)]), [one, two, three]);
  assertEquals(first("mask"), [[0, 0, 15, 22, 0, 0, 43, 50], [144, 151, 158, 165, 172, 179, 0, 0], three]);
  assertEquals(first("noise"), [[1, 0, 32, 22, 29, 44, 25, 50], [136, 171, 158, 165, 198, 205, 186, 193], three]);
});

Deno.test("corruptClips() refuses what is out of range", () => {
  const good = { kind: "mask", share: .5, seed: 0 } as const;
  for (
    const [change, message] of [
      [{ kind: "blur" as "mask" }, "mask, noise or grayscale, got blur"],
      [{ share: 1.1 }, "a share of 0 to 1, got 1.1"],
      [{ share: NaN }, "a share"],
      [{ side: 0 }, "a side"],
      [{ sigma: -1 }, "a sigma"],
    ] as const
  ) {
    assertThrows(() => corruptClips(clips(1), { ...good, ...change }), RangeError, message);
  }
});
