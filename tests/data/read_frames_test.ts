import { assertEquals, assertRejects } from "@std/assert";
import { basename, join } from "@std/path";
import { encode } from "fast-png";
import { readFrames, type ReadFramesOptions } from "../../lib/data/mod.ts";
import { withFolder } from "./_util/folder.ts";

const frame = (value: number, width = 1) =>
  encode({ width, height: 1, channels: 1, data: new Uint8Array(width).fill(value) });
const names = async (path: string, options?: ReadFramesOptions) =>
  (await readFrames(path, options)).paths.map((path) => basename(path));

Deno.test("readFrames() orders a folder by the last digit run as a number, and passes other files over", async () => {
  const files = {
    "006_1_2_10.PNG": frame(10),
    "006_1_2_9.png": frame(9),
    "006_1_2_0100.png": frame(100),
    "Thumbs.db": "x",
    ".DS_Store": "x",
    "._006_1_2_9.png": "x",
    "notes 12.txt": "x",
    "flow.npy": "x",
    "sub/006_1_2_11.png": frame(11),
  };
  await withFolder(files, async (folder) => {
    assertEquals(await names(folder), ["006_1_2_9.png", "006_1_2_10.PNG", "006_1_2_0100.png"]);
    const frames = await readFrames(folder);
    const values = [];
    for (let i = 0; i < frames.length; i++) values.push((await frames.read(i)).data[0]);
    assertEquals(values, [9, 10, 100]);
  });
});

Deno.test("readFrames() takes one picture as a clip of one frame, whatever the window", async () => {
  await withFolder({ "apex 006 .png": frame(5) }, async (folder) => {
    const frames = await readFrames(join(folder, "apex 006 .png"), { onset: 40, offset: 90 });
    assertEquals([frames.length, (await frames.read(0)).data[0]], [1, 5]);
    assertEquals((await readFrames(folder)).length, 1);
  });
});

Deno.test("readFrames() cuts the window onset..offset, both included, gaps between allowed", async () => {
  const files = Object.fromEntries([46, 47, 49, 50, 51].map((i) => [`img${i}.png`, frame(i)]));
  await withFolder(files, async (folder) => {
    assertEquals(await names(folder, { onset: 47, offset: 50 }), ["img47.png", "img49.png", "img50.png"]);
    assertEquals(await names(folder, { onset: 50 }), ["img50.png", "img51.png"]);
    assertEquals(await names(folder, { offset: 46 }), ["img46.png"]);
    await assertRejects(
      () => readFrames(folder, { onset: 1, offset: 50 }),
      RangeError,
      "expected a frame numbered 1 (the onset), got frames 46 to 51",
    );
    await assertRejects(() => readFrames(folder, { offset: 52 }), RangeError, "numbered 52 (the offset), got frames");
    await assertRejects(() => readFrames(folder, { onset: 48 }), RangeError, "numbered 48 (the onset), got a gap");
    await assertRejects(() => readFrames(folder, { onset: 50, offset: 47 }), RangeError, "got 50 > 47");
  });
});

Deno.test("readFrames() decodes lazily: a broken frame is found when it is read, and named", async () => {
  await withFolder({ "1.png": frame(1), "2.png": "no picture", "3.png": frame(3, 2) }, async (folder) => {
    const frames = await readFrames(folder);
    assertEquals((await frames.read(0)).width, 1);
    await assertRejects(() => frames.read(1), SyntaxError, join(folder, "2.png"));
    assertEquals((await frames.read(2)).width, 2); // sizes may differ
    await assertRejects(() => frames.read(3), RangeError, "expected 0 to 2");
  });
});

Deno.test("readFrames() refuses what has no order: empty folders, equal numbers, names without one", async () => {
  await withFolder({ "empty/readme.txt": "x" }, async (folder) => {
    await assertRejects(() => readFrames(join(folder, "empty")), RangeError, "PNG, JPEG or BMP");
    await assertRejects(() => readFrames(join(folder, "nowhere")), Deno.errors.NotFound, "nowhere");
  });
  await withFolder({ "a1.png": frame(1), "b01.png": frame(1) }, async (folder) => {
    await assertRejects(() => readFrames(folder), RangeError, "got a1.png and b01.png");
  });
  await withFolder({ "a.png": frame(1), "b.png": frame(1) }, async (folder) => {
    await assertRejects(() => readFrames(folder), RangeError, "expected a number in the name, got a.png");
  });
});

Deno.test("readFrames() finds the apex in its window, the nearest frame where its number is missing", async () => {
  const files = Object.fromEntries([3, 4, 6, 9, 12].map((i) => [`img${i}.png`, frame(i)]));
  await withFolder(files, async (folder) => {
    const apex = async (options: ReadFramesOptions) => (await readFrames(folder, options)).apex;
    assertEquals(await apex({}), null);
    assertEquals(await apex({ apex: 6 }), 2);
    assertEquals(await apex({ onset: 4, apex: 6 }), 1);
    assertEquals(await apex({ onset: 4, offset: 9, apex: 7 }), 1);
    assertEquals(await apex({ apex: 5 }), 1); // as near to 4 as to 6
    assertEquals(await apex({ offset: 9, apex: 12 }), 3);
    assertEquals((await readFrames(join(folder, "img3.png"), { apex: 6 })).apex, null);
  });
});
