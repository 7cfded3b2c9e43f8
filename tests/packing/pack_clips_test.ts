import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type ClipEntry, decodePacked, loadClipSet } from "../../lib/data/mod.ts";
import { packClips, type PackClipsOptions } from "../../lib/packing/mod.ts";
import { decodeSafetensors } from "../../lib/storage/mod.ts";
import { needs } from "../_util/needs.ts";
import { greyPng, namesIn, RECIPE, tempFolder, writeClips, writeManifest } from "./_util/clips.ts";

/** Packs, and stops after so many clips. */
async function packSome(entries: readonly ClipEntry[], out: string, clips: number, options: PackClipsOptions = {}) {
  const stop = new AbortController();
  const onProgress = (done: number) => done >= clips && stop.abort();
  await assertRejects(
    () => packClips(entries, RECIPE, out, { workers: 0, ...options, signal: stop.signal, onProgress }),
    DOMException,
  );
}

Deno.test("packClips() writes what loadClipSet() loads", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 5);
  const out = join(folder.path, "a.safetensors");
  const summary = await packClips(entries, RECIPE, out, { workers: 0, metadata: { provenance: "{}" } });
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(out));
  assertEquals(decodePacked(tensors, metadata), await loadClipSet(await writeManifest(folder.path, entries), RECIPE));
  assertEquals([metadata.provenance, metadata.digest], ["{}", summary.digest]);
  assertEquals([...tensors.apexes!.data], [0, 0, 0, 0, 0]);
  assertEquals(summary.facts[1], {
    ...{ frames: 4, width: 4, height: 4, channels: 1, onset: 1, apex: 3, offset: 4, apexSource: "annotated", gaps: 0 },
    sizes: 1,
  });
});

Deno.test("packClips() gives the same bytes with any number of threads, and leaves nothing else behind", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 7);
  const files: Uint8Array[] = [];
  for (const workers of [0, 1, 3]) {
    const out = join(folder.path, `${workers}.safetensors`);
    await packClips(entries, RECIPE, out, { workers });
    files.push(await Deno.readFile(out));
  }
  assertEquals(files[0], files[1]);
  assertEquals(files[0], files[2]);
  assertEquals(await namesIn(folder.path), ["0.safetensors", "1.safetensors", "3.safetensors", "frames"]);
});

Deno.test("packClips() keeps what coders wrote of each clip, and changes nothing where nobody wrote anything", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 3);
  const out = join(folder.path, "out.safetensors");
  const pack = async (units: readonly (string | null | undefined)[]) => {
    const coded = entries.map((entry, i) => units[i] === undefined ? entry : { ...entry, actionUnits: units[i]! });
    await packClips(coded, RECIPE, out, { workers: 0 });
    const bytes = await Deno.readFile(out);
    const { tensors, metadata } = decodeSafetensors(bytes);
    return { bytes, metadata, set: decodePacked(tensors, metadata) };
  };
  const [without, coded] = [await pack([]), await pack(["L12 or L14", undefined, "4，7\n?"])];
  assertEquals(JSON.parse(coded.metadata.actionUnits!), ["L12 or L14", null, "4，7\n?"]);
  assertEquals((await pack(["L12 or L14", null, "4，7\n?"])).bytes, coded.bytes);
  assertEquals(without.metadata.actionUnits, undefined);
  assertEquals((await pack([null, null, null])).bytes, without.bytes);
  assertEquals(coded.set, without.set);
});

Deno.test("packClips() continues after an interruption and ends with the same bytes", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 6);
  const [whole, out] = [join(folder.path, "whole.safetensors"), join(folder.path, "out.safetensors")];
  await packClips(entries, RECIPE, whole, { workers: 0 });
  await packSome(entries, out, 4);
  assertEquals((await namesIn(folder.path)).includes("out.safetensors"), false);
  const said: string[] = [];
  let first = -1;
  const { kept } = await packClips(entries, RECIPE, out, {
    workers: 2,
    onStatus: (message) => said.push(message),
    onProgress: (done) => first = first < 0 ? done : first,
  });
  assertEquals([kept, first], [4, 4]);
  assertStringIncludes(said.join(), "4 of 6 clips are there");
  assertEquals(await Deno.readFile(out), await Deno.readFile(whole));
});

Deno.test("packClips() reads clips again whose frames or bytes have changed since", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 4);
  const out = join(folder.path, "out.safetensors");
  await packSome(entries, out, 3);
  await Deno.utime(join(entries[0]!.path, "img2.png"), 1, 1);
  const partial = join(folder.path, ".out.safetensors.partial");
  const bytes = await Deno.readFile(partial);
  bytes[bytes.length - 4 - 4 * 48 + 48 + 3]! ^= 255; // within clip 1; the kinds come last
  await Deno.writeFile(partial, bytes);
  // The last line of the journal is torn.
  const journal = join(folder.path, ".out.safetensors.journal");
  await Deno.writeTextFile(journal, '{"index":3,"sha', { append: true });
  const { kept } = await packClips(entries, RECIPE, out, { workers: 0 });
  assertEquals(kept, 1);
  const again = join(folder.path, "again.safetensors");
  await packClips(entries, RECIPE, again, { workers: 0 });
  assertEquals(await Deno.readFile(out), await Deno.readFile(again));
});

Deno.test("packClips() starts anew, and says so, when clips or recipe are others", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 4);
  const out = join(folder.path, "out.safetensors");
  for (const change of ["recipe", "entries", "kinds"]) {
    await packSome(entries, out, 2);
    const said: string[] = [];
    const recipe = change === "recipe" ? { ...RECIPE, size: 2 } : RECIPE;
    const macro = entries.map((entry) => ({ ...entry, kind: "macro" as const }));
    const clips = { recipe: entries, entries: entries.slice(1), kinds: macro }[change]!;
    const { kept } = await packClips(clips, recipe, out, { workers: 0, onStatus: (message) => said.push(message) });
    assertEquals(kept, 0);
    assertStringIncludes(said.join(), "starts anew");
  }
});

Deno.test("packClips() packs clips whose frames have several sizes, unless it is to be strict, also when it continues", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 3);
  const out = join(folder.path, "out.safetensors");
  const frame = join(entries[1]!.path, "img3.png");
  await Deno.writeFile(frame, greyPng(100, 9));
  const strictly = () => packClips(entries, RECIPE, out, { workers: 0, strict: true });
  await packSome(entries, out, 2);
  const error = await assertRejects(strictly, RangeError);
  assertStringIncludes(error.message, `line 3): Cannot read ${frame}: expected frames of one size, 4 x 4, got 9 x 9`);
  const { facts } = await packClips(entries, RECIPE, out, { workers: 0 });
  assertEquals(facts.map(({ width, sizes }) => [width, sizes]), [[4, 1], [4, 2], [4, 1]]);
  await Deno.writeFile(frame, greyPng(97));
  await strictly();
});

Deno.test("packClips() brings clips of several sizes to one, also strictly", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 3);
  for (let f = 1; f <= 4; f++) await Deno.writeFile(join(entries[1]!.path, `img${f}.png`), greyPng(30 * f, 4 + 5));
  const out = join(folder.path, "out.safetensors");
  const { facts } = await packClips(entries, RECIPE, out, { workers: 0, strict: true });
  assertEquals(facts.map(({ width, sizes }) => [width, sizes]), [[4, 1], [9, 1], [4, 1]]);
  const { clips } = decodeSafetensors(await Deno.readFile(out)).tensors;
  const second = [...clips!.data].slice(3 * 16, 2 * 3 * 16);
  assertEquals(second, [30, 75, 120].flatMap((value) => new Array(16).fill(value)));
});

Deno.test("packClips() names file, row and picture of a broken frame and leaves the target as it was", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 3);
  const out = join(folder.path, "out.safetensors");
  await Deno.writeTextFile(out, "old");
  const frame = join(entries[1]!.path, "img2.png");
  await Deno.writeFile(frame, (await Deno.readFile(frame)).slice(0, -9));
  for (const workers of [0, 2]) {
    const error = await assertRejects(() => packClips(entries, RECIPE, out, { workers }), SyntaxError);
    assertStringIncludes(error.message, `clip c1 (${entries[1]!.file}, line 3): Cannot decode ${frame}: `);
  }
  assertEquals(await Deno.readTextFile(out), "old");
});

Deno.test("packClips() refuses no clip, an id twice, and a second pack of the same file at the same time", async () => {
  await using folder = await tempFolder();
  const entries = await writeClips(folder.path, 2);
  const out = join(folder.path, "out.safetensors");
  await assertRejects(() => packClips([], RECIPE, out), RangeError, "at least one clip, got none");
  await assertRejects(
    () => packClips([entries[0]!, entries[0]!], RECIPE, out),
    RangeError,
    "expected every clip once, got",
  );
  const first = packClips(entries, RECIPE, out, { workers: 1 });
  while (!(await namesIn(folder.path)).includes(".out.safetensors.journal")) {
    await new Promise((go) => setTimeout(go, 5));
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `
      const file = await Deno.open(${JSON.stringify(join(folder.path, ".out.safetensors.partial"))}, { write: true });
      console.log(await file.tryLock(true));
    `,
    ],
    stdout: "piped",
  });
  // The lock is seen by other processes while the pack is at work, or the file is gone because it is done already.
  const { stdout } = await child.output();
  assert(["false\n", ""].includes(new TextDecoder().decode(stdout)));
  await first;
});

/** A file system of 64 kB in memory; null where this process may not mount one. */
async function smallDisk(): Promise<string | null> {
  if (Deno.build.os !== "linux") return null;
  const path = await Deno.makeTempDir();
  const args = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path];
  const mounted = await new Deno.Command("mount", { args, stderr: "null" }).output().then(
    (one) => one.success,
    () => false,
  );
  if (!mounted) await Deno.remove(path);
  return mounted ? path : null;
}

const disk = await smallDisk();

Deno.test({
  ...needs(disk !== null, "mounting is not allowed", "packClips() keeps its work when the disk fills, and continues"),
  async fn() {
    await using folder = await tempFolder();
    const entries = await writeClips(folder.path, 40);
    const out = join(disk!, "out.safetensors");
    const filler = join(disk!, "filler");
    const big = { ...RECIPE, size: 64 };
    try {
      const room = await assertRejects(() => packClips(entries, big, out, { workers: 0 }), Error);
      assertStringIncludes(room.message, "of room in");
      assertEquals(await namesIn(disk!), []);

      const small = { ...RECIPE, size: 16 };
      const onProgress = (done: number) => {
        if (done !== 10) return;
        try {
          Deno.writeFileSync(filler, new Uint8Array(65536));
        } catch {
          // What fits is enough.
        }
      };
      await Deno.writeTextFile(out, "old");
      const full = await assertRejects(() => packClips(entries, small, out, { workers: 0, onProgress }), Error);
      const said = /the disk is full; make room and give the same command again, (\d+) of 40 clips are kept/.exec(
        full.message,
      );
      assert(said !== null && Number(said[1]) >= 10, full.message);
      assertEquals(await Deno.readTextFile(out), "old");

      await Deno.remove(filler);
      const { kept } = await packClips(entries, small, out, { workers: 0 });
      assert(kept >= 9, `${kept}`);
      decodeSafetensors(await Deno.readFile(out));
    } finally {
      await new Deno.Command("umount", { args: [disk!] }).output();
      await Deno.remove(disk!);
    }
  },
});
