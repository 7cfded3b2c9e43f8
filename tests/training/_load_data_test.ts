import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { configSchema } from "../../lib/config/mod.ts";
import { encodePacked, gatherClips, loadClipSet } from "../../lib/data/mod.ts";
import { recipeOf } from "../../lib/inference/mod.ts";
import { packClips } from "../../lib/packing/mod.ts";
import { clipSetDigest } from "../../lib/training/mod.ts";
import { greyPng, tempFolder, writeClips, writeManifest } from "../packing/_util/clips.ts";
import { encodeSafetensors } from "../../lib/storage/mod.ts";
import { loadData, splitOf } from "../../lib/training/_load_data.ts";
import { tinyClips, tinyConfig, withSets, writeSet } from "./_util/tiny_run.ts";

const OPTIONS = { folder: "data", signal: new AbortController().signal, onProgress: () => {} };

Deno.test("loadData() gives a packed set back, and appends the macro clips of another file", () =>
  withSets(
    { "a.safetensors": tinyClips({ macro: 0 }), "b.safetensors": tinyClips({ micro: () => 0 }) },
    async (folder) => {
      const [a, b] = [join(folder, "a.safetensors"), join(folder, "b.safetensors")];
      const [set, given] = [await loadData(tinyConfig(a), OPTIONS), tinyClips({ macro: 0 })];
      assertEquals({ ...set, clips: gatherClips(set, set.ids.map((_, i) => i)) }, given);
      const { kinds } = await loadData(tinyConfig(a, { macro: b }), OPTIONS);
      assertEquals([kinds.length, kinds.filter((kind) => kind === "macro").length], [27, 9]);
    },
  ));

Deno.test("loadData() leaves out classes that macro clips alone show", () => {
  const set = tinyClips({ micro: (_, label) => label === 1 ? 0 : 2 });
  return withSets({ "a.safetensors": set, "b.safetensors": tinyClips({ micro: () => 0 }) }, async (folder) => {
    const config = tinyConfig(join(folder, "a.safetensors"));
    const kept = set.ids.flatMap((_, i) => set.labels[i] === 1 ? [] : [i]);
    for (const macro of ["data", join(folder, "b.safetensors")]) {
      const loaded = await loadData({ ...config, macro }, OPTIONS);
      assertEquals(loaded.classes, ["negative", "surprise"]);
      const micro = loaded.ids.flatMap((_, i) => loaded.kinds[i] === "micro" ? [i] : []);
      const given = kept.filter((i) => set.kinds[i] === "micro");
      assertEquals(gatherClips(loaded, micro), gatherClips(set, given));
      assertEquals(micro.map((i) => loaded.classes[loaded.labels[i]!]), given.map((i) => set.classes[set.labels[i]!]));
      assertEquals(loaded.ids.length - micro.length, 6, "macro clips of the two classes");
    }
    // A set of macro clips alone stays one, and is refused as such.
    const bare = await loadData(tinyConfig(join(folder, "b.safetensors")), OPTIONS);
    assertEquals(bare.classes.length, 3);
  });
});

Deno.test("loadData() names a packed file that is cut off, hostile, of another kind or packed otherwise", () =>
  withSets({ "a.safetensors": tinyClips() }, async (folder) => {
    const path = join(folder, "a.safetensors");
    const whole = await Deno.readFile(path);
    const refuse = async (bytes: Uint8Array, words: string) => {
      await Deno.writeFile(path, bytes);
      const error = await assertRejects(() => loadData(tinyConfig(path), OPTIONS), SyntaxError, words);
      assertEquals([error.message.startsWith(`Cannot read ${path}`), error.message.includes("\n")], [true, false]);
    };
    await refuse(whole.subarray(0, 5), "8 bytes of header length");
    await refuse(whole.subarray(0, whole.length - 1), "an ascending range within");
    await refuse(whole.subarray(0, 60), "bytes as announced");
    // A header that claims more than there can be, and one of other bytes than JSON.
    await refuse(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 123), "at most 100000000 bytes");
    await refuse(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 255), "UTF-8");
    await refuse(
      encodeSafetensors({ x: { dtype: "U8", shape: [1], data: Uint8Array.of(1) } }, {}),
      "lightmannet-clips",
    );
    await writeSet(path, tinyClips());
    await assertRejects(
      () => loadData(tinyConfig(path, { size: 32 }), OPTIONS),
      RangeError,
      `Cannot use ${path}: it was packed with size 16, the configuration says 32`,
    );
  }));

Deno.test("splitOf() takes the configured subjects and refuses a side without micro clips", () => {
  const set = tinyClips({ micro: (subject) => subject === 1 ? 0 : 2 });
  assertEquals(splitOf(tinyConfig("x"), set), { train: [0, 1], heldout: [2] });
  assertThrows(
    () => splitOf(tinyConfig("x", { holdout: ["t/s2"] }), set),
    RangeError,
    "of the held-out subjects, got none",
  );
  assertThrows(
    () => splitOf(tinyConfig("x", { holdout: ["t/s1", "t/s3"] }), set),
    RangeError,
    "of the training subjects, got none",
  );
});

const SHAPE = { frames: 3, size: 4, time: "linear" } as const;

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

Deno.test("clipSetDigest() of a packed file is that of its clips, and another one for other clips under the same names", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 4);
  const data = join(folder.path, "a.safetensors");
  const config = configSchema.parse({ data, ...SHAPE });
  const digests = [];
  for (const apex of [0, 0, 1]) {
    // The third time two clips have changed places, under the names they had.
    const clips = entries.map((entry, i) => ({ ...entry, path: entries[apex === 1 ? i ^ 1 : i]!.path }));
    await packClips(clips, recipeOf(config), data, { workers: 0 });
    digests.push(await clipSetDigest(await loadData(config, OPTIONS)));
  }
  assertEquals(digests[0], digests[1]);
  assert(digests[0] !== digests[2]);
  // Read from the manifest's frames, they are the same clips.
  const loaded = await loadClipSet(await writeManifest(folder.path, entries), recipeOf(config));
  assertEquals(await clipSetDigest(loaded), digests[0]);
  // Metadata of another meaning are no digest.
  const { tensors, metadata } = encodePacked(loaded);
  await Deno.writeFile(data, encodeSafetensors(tensors, { ...metadata, digest: "v1" }));
  assertEquals(await clipSetDigest(await loadData(config, OPTIONS)), digests[0]);
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

Deno.test("loadData() tells of clips of a manifest whose frames have several sizes", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 3);
  const manifest = await writeManifest(folder.path, entries);
  const notesOf = async () => {
    const notes: string[] = [];
    await loadData(tinyConfig(manifest, { frames: 4 }), { ...OPTIONS, onNote: (note) => void notes.push(note) });
    return notes;
  };
  assertEquals(await notesOf(), []);
  await Deno.writeFile(join(entries[1]!.path, "img3.png"), greyPng(90, 9));
  assertEquals(await notesOf(), ["The frames of clip c1 have several sizes: each was resized by itself."]);
  await Deno.writeFile(join(entries[2]!.path, "img1.png"), greyPng(90, 5));
  assertEquals(await notesOf(), [
    "The frames of 2 clips, c1 among them, have several sizes: each was resized by itself.",
  ]);
});
