import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { parse } from "csv-parse/sync";
import { decode } from "fast-png";
import { renderClip, syntheticManifest, writeSyntheticDataSet } from "../../../lib/data/synthetic/mod.ts";

const SMALL = { trainSubjects: 1, holdoutSubjects: 1, trainClips: 1, holdoutClips: 1, macroClips: 1, size: 8, seed: 6 };

/** Runs a test in an empty folder. */
async function within(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const names = (dir: string) => [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();

Deno.test("writeSyntheticDataSet() writes the rendered frames, losslessly, under their numbers", () =>
  within(async (dir) => {
    const set = await writeSyntheticDataSet(join(dir, "set"), { ...SMALL, channels: 3 });
    const clips = syntheticManifest(SMALL);
    assertEquals([set.clips, set.written], [clips.length, true]);
    let frames = 0;
    for (const clip of clips) {
      const folder = join(dir, "set", clip.path);
      const pictures = names(folder).map((name) => decode(Deno.readFileSync(join(folder, name))));
      assertEquals(names(folder)[clip.apex - clip.onset], `${String(clip.apex).padStart(3, "0")}.png`);
      assertEquals(pictures.flatMap(({ data }) => [...data]), [...renderClip(clip, { size: 8, channels: 3 })]);
      frames += pictures.length;
    }
    assertEquals(set.frames, frames);
    assertEquals(names(dir), ["set"]);
  }));

Deno.test("writeSyntheticDataSet() writes a manifest with true frames and a truth file with the split", () =>
  within(async (dir) => {
    const { manifest } = await writeSyntheticDataSet(join(dir, "set"), SMALL);
    const rows: Record<string, string>[] = parse(await Deno.readTextFile(manifest), { columns: true });
    const clips = syntheticManifest(SMALL);
    assertEquals(Object.keys(rows[0]!).join(), "id,database,subject,label,kind,path,onset,apex,offset,fps");
    assertEquals(
      rows.map((row) => [row.id, row.label, row.kind, Number(row.onset), Number(row.apex), Number(row.offset)]),
      [
        ...clips.map((clip) => [clip.id, clip.label, clip.kind, clip.onset, clip.apex, clip.offset]),
      ],
    );
    const truth = JSON.parse(await Deno.readTextFile(join(dir, "set", "truth.json")));
    assertEquals(truth.holdout, ["synthetic/s02"]);
    assertEquals([truth.subjects.s01.split, truth.subjects.s02.split], ["train", "holdout"]);
    assertEquals(Object.keys(truth.subjects.s01.expressions), ["negative", "positive", "surprise"]);
    assertEquals(truth.clips[0].amplitude, clips[0]!.amplitude);
    assertEquals(truth.clips[0].intensity[clips[0]!.apex - clips[0]!.onset], 1);
  }));

Deno.test("writeSyntheticDataSet() leaves an equal set alone and replaces one of other options", () =>
  within(async (dir) => {
    const target = join(dir, "set");
    await Deno.mkdir(target); // an empty folder is no obstacle
    assert((await writeSyntheticDataSet(target, SMALL)).written);
    await Deno.writeTextFile(join(target, "mark"), "");
    assertEquals((await writeSyntheticDataSet(target, SMALL)).written, false);
    assert(names(target).includes("mark"));
    assert((await writeSyntheticDataSet(target, { ...SMALL, rho: 0.1 })).written);
    assertEquals(names(target), ["frames", "manifest.csv", "truth.json"]);
    assertEquals(names(dir), ["set"]);
  }));

for (
  const [where, prepare] of [
    ["a missing folder", () => Promise.resolve()],
    ["an empty folder", (target: string) => Deno.mkdir(target)],
    ["an older set", async (target: string) => void await writeSyntheticDataSet(target, { ...SMALL, seed: 7 })],
  ] as const
) {
  Deno.test(`writeSyntheticDataSet() by several writers at once in ${where}: one set, which all of them take`, () =>
    within(async (dir) => {
      const target = join(dir, "set");
      await prepare(target);
      const sets = await Promise.all(Array.from({ length: 4 }, () => writeSyntheticDataSet(target, SMALL)));
      assert(sets.some(({ written }) => written));
      // An older set may be moved aside by two of them, each for its own.
      if (where !== "an older set") assertEquals(sets.filter(({ written }) => written).length, 1);
      assertEquals(names(dir), ["set"], "nothing half-written is left");
      assertEquals(new Set(sets.map(({ manifest }) => manifest)), new Set([join(target, "manifest.csv")]));
      const alone = await writeSyntheticDataSet(join(dir, "alone"), SMALL);
      assertEquals(await Deno.readTextFile(sets[0]!.manifest), await Deno.readTextFile(alone.manifest));
      const clips = syntheticManifest(SMALL);
      assertEquals(clips.map((clip) => names(join(target, clip.path)).length > 1), clips.map(() => true));
      assertEquals((await writeSyntheticDataSet(target, SMALL)).written, false);
    }));
}

Deno.test("writeSyntheticDataSet() refuses a folder that holds anything else", () =>
  within(async (dir) => {
    await Deno.writeTextFile(join(dir, "thesis.txt"), "years of work");
    await assertRejects(() => writeSyntheticDataSet(dir, SMALL), TypeError, "to be missing or a synthetic data set");
    for (const text of ["[]", "null", "not JSON", '{"format":1}']) {
      await Deno.writeTextFile(join(dir, "truth.json"), text);
      await assertRejects(() => writeSyntheticDataSet(dir, SMALL), TypeError, "to be one of its truth files");
    }
    assertEquals(names(dir), ["thesis.txt", "truth.json"]);
    const file = join(dir, "thesis.txt");
    await assertRejects(() => writeSyntheticDataSet(file, SMALL), TypeError, "thesis.txt to be a folder, got a file");
  }));

Deno.test("writeSyntheticDataSet() leaves nothing behind when it is stopped, and the older set in place", () =>
  within(async (dir) => {
    const target = join(dir, "set");
    await writeSyntheticDataSet(target, SMALL);
    const before = await Deno.readTextFile(join(target, "truth.json"));
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = (done: number, total: number) => {
      seen.push(done);
      assertEquals(total, 12);
      if (done === 3) stop.abort(new Error("enough"));
    };
    await assertRejects(
      () => writeSyntheticDataSet(target, { ...SMALL, seed: 700 }, { signal: stop.signal, onProgress }),
      Error,
      "enough",
    );
    assertEquals(seen, [1, 2, 3]);
    assertEquals(names(dir), ["set"]);
    assertEquals(await Deno.readTextFile(join(target, "truth.json")), before);
  }));
