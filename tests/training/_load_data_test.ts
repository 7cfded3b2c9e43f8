import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { configSchema } from "../../lib/config/mod.ts";
import { gatherClips, loadClipSet } from "../../lib/data/mod.ts";
import { recipeOf } from "../../lib/inference/mod.ts";
import { packClips } from "../../lib/packing/mod.ts";
import { courseOf } from "../../lib/training/_checkpoints.ts";
import { loadData } from "../../lib/training/_load_data.ts";
import { tempFolder, writeClips, writeManifest } from "../packing/_util/clips.ts";

const SHAPE = { frames: 3, size: 4, time: "linear" } as const;
const OPTIONS = { folder: "/nowhere", signal: new AbortController().signal, onProgress() {} };

Deno.test("loadData() leaves a packed file's clips where they are, and gathers what the manifest gives", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 6);
  const data = join(folder.path, "a.safetensors");
  const config = configSchema.parse({ data, ...SHAPE });
  await packClips(entries, recipeOf(config), data, { workers: 0 });
  const packed = await loadData(config, OPTIONS);
  const loaded = await loadClipSet(await writeManifest(folder.path, entries), recipeOf(config));
  assert("path" in packed.clips);
  assertEquals(gatherClips(packed, [4, 0, 1]), gatherClips(loaded, [4, 0, 1]));
  assertEquals({ ...packed, clips: 0 }, { ...loaded, clips: 0 });
});

Deno.test("loadData() gives a packed file's digest to the course of a run, so other clips do not resume it", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 4);
  const data = join(folder.path, "a.safetensors");
  const config = configSchema.parse({ data, ...SHAPE });
  const split = { train: [0], heldout: [1] };
  const courses = [];
  for (const apex of [0, 0, 1]) {
    // The third time two clips have changed places, under the names they had.
    const clips = entries.map((entry, i) => ({ ...entry, path: entries[apex === 1 ? i ^ 1 : i]!.path }));
    await packClips(clips, recipeOf(config), data, { workers: 0 });
    courses.push(await courseOf(config, await loadData(config, OPTIONS), split));
  }
  assertEquals(courses[0], courses[1]);
  assert(courses[0] !== courses[2]);
});

Deno.test("loadData() refuses a packed file of another recipe, and one that breaks off, by name", async () => {
  await using folder = await tempFolder();
  const data = join(folder.path, "a.safetensors");
  const config = configSchema.parse({ data, ...SHAPE });
  await packClips(await writeClips(folder.path, 2), recipeOf(config), data, { workers: 0 });
  await assertRejects(
    () => loadData({ ...config, size: 8 }, OPTIONS),
    RangeError,
    `Cannot use ${data}: it was packed with size 4, the configuration says 8`,
  );
  await Deno.truncate(data, (await Deno.stat(data)).size - 1);
  await assertRejects(() => loadData(config, OPTIONS), SyntaxError, `Cannot read ${data}`);
});
