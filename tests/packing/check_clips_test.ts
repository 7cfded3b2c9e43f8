import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { decodeImage } from "../../lib/data/mod.ts";
import { checkClips } from "../../lib/packing/mod.ts";
import { greyPng, namesIn, RECIPE, tempFolder, writeClips } from "./_util/clips.ts";

Deno.test("checkClips() goes on after errors and finds the broken frame that the recipe passes over", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 3);
  const frame = join(entries[1]!.path, "img2.png");
  await Deno.writeFile(frame, (await Deno.readFile(frame)).slice(0, 40));
  const before = await namesIn(folder.path);
  for (const workers of [0, 2]) {
    // One frame of four, the nearest to the middle: img2.png is not needed for it.
    const checked = await checkClips(entries, { ...RECIPE, frames: 1, time: "nearest" }, { workers });
    assertEquals(checked.map(({ facts }) => facts?.frames ?? null), [4, null, 4]);
    assertStringIncludes(checked[1]!.error!, `line 3): Cannot decode ${frame}`);
  }
  assertEquals(await namesIn(folder.path), before);
});

Deno.test("checkClips() makes pictures of onset, apex, offset and the change, of the clips asked for", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 2);
  const [none, some] = await checkClips(entries, RECIPE, { workers: 0, pictures: new Set([1]) });
  assertEquals(none!.pictures, []);
  assertEquals(some!.pictures.map(({ what, number }) => [what, number]), [
    ["onset", 1],
    ["apex", 3],
    ["offset", 4],
    ["change", null],
  ]);
  const [onset, apex, , change] = await Promise.all(some!.pictures.map(({ png }) => decodeImage(png, "picture")));
  assertEquals([onset!.width, onset!.data[0], apex!.data[0]], [96, 37, 97]);
  assertEquals(change!.data[0], 255); // 128 + 4 · 60, clamped
});

Deno.test("checkClips() counts missing numbers and takes the middle where the apex is not known", async () => {
  await using folder = await tempFolder();
  const [entry] = await writeClips(folder.path, 1);
  await Deno.remove(join(entry!.path, "img2.png"));
  await Deno.writeFile(join(entry!.path, "img9.png"), greyPng(1));
  const [clip] = await checkClips([{ ...entry!, apex: null, offset: 9 }], RECIPE, { workers: 0 });
  const { frames, gaps, apex, apexSource, offset } = clip!.facts!;
  assertEquals({ frames, gaps, apex, apexSource, offset }, {
    ...{ frames: 4, gaps: 5, apex: 3, apexSource: "unknown", offset: 9 },
  });
});

Deno.test("checkClips() tells where the recipe's apex comes from", async () => {
  await using folder = await tempFolder();
  const [entry] = await writeClips(folder.path, 1);
  const clips = [{ ...entry!, apex: 2 }, { ...entry!, apex: null }, { ...entry!, apex: null, offset: null }];
  const checked = await checkClips(clips, { ...RECIPE, window: "onset-apex" }, { workers: 0 });
  // Frames grow brighter to the last: motion is largest there.
  assertEquals(checked.map(({ facts }) => [facts!.apexSource, facts!.apex]), [
    ["annotated", 2],
    ["midpoint", 2],
    ["motion", 4],
  ]);
});

Deno.test("checkClips() counts the sizes of a clip's frames, and shows the change between grey and colour", async () => {
  await using folder = await tempFolder();
  const [entry] = await writeClips(folder.path, 1);
  const colour = encode({
    width: 9,
    height: 7,
    channels: 3,
    data: new Uint8Array(189).map((_, i) => [60, 90, 150][i % 3]!),
  });
  await Deno.writeFile(join(entry!.path, "img3.png"), colour);
  const [clip] = await checkClips([entry!], RECIPE, { workers: 0, pictures: new Set([0]) });
  const { width, height, sizes } = clip!.facts!;
  assertEquals([width, height, sizes], [4, 4, 2]);
  const change = await decodeImage(clip!.pictures.at(-1)!.png, "picture");
  assertEquals([...new Set(change.data)], [255]); // 128 + 4 · (100 − 30), clamped
  const back = await checkClips([{ ...entry!, onset: 3, apex: 4 }], RECIPE, { workers: 0, pictures: new Set([0]) });
  assertEquals((await decodeImage(back[0]!.pictures.at(-1)!.png, "picture")).data[0], 208); // 128 + 4 · (120 − 100)
});
