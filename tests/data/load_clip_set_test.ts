import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { loadClipSet, type Recipe } from "../../lib/data/mod.ts";
import { withFolder } from "./_util/folder.ts";

const RECIPE: Recipe = { frames: 2, size: 1, channels: 1, input: "difference", time: "linear" };
const HEADER = "id,database,subject,label,kind,path,onset,apex,offset,fps";
const frame = (value: number) => encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(value) });
const FILES = {
  "m.csv": `${HEADER}
c1,smic,s1,surprise,micro,a,2,,3,100
c2,casme2,s1,negative,macro,a,,,,
c3,smic,s1,negative,micro,b.png,,,,
`,
  "a/f1.png": frame(10),
  "a/f2.png": frame(20),
  "a/f3.png": frame(30),
  "b.png": frame(70),
};

Deno.test("loadClipSet() keeps the rows' order, sorts names, and cuts the window", async () => {
  await withFolder(FILES, async (folder) => {
    const progress: number[][] = [];
    const set = await loadClipSet(join(folder, "m.csv"), RECIPE, {
      onProgress: (done, total) => progress.push([done, total]),
    });
    assertEquals(set, {
      recipe: RECIPE,
      clips: Uint8Array.of(20, 30, 10, 30, 70, 70),
      ids: ["c1", "c2", "c3"],
      labels: Int32Array.of(1, 0, 0),
      subjects: Int32Array.of(1, 0, 1),
      kinds: ["micro", "macro", "micro"],
      classes: ["negative", "surprise"],
      subjectNames: ["casme2/s1", "smic/s1"],
    });
    assertEquals(progress, [[1, 3], [2, 3], [3, 3]]);
    assertEquals(await loadClipSet(join(folder, "m.csv"), RECIPE, { concurrency: 1 }), set);
  });
});

Deno.test("loadClipSet() names the row of a clip that is missing, broken or cut wrongly", async () => {
  const load = (change: Record<string, string | Uint8Array>) =>
    withFolder({ ...FILES, ...change }, async (folder) => {
      await loadClipSet(join(folder, "m.csv"), RECIPE);
    });
  await assertRejects(() => load({ "b.png": "no picture" }), SyntaxError, "line 4 (c3): Cannot decode");
  await assertRejects(
    () => load({ "m.csv": `${HEADER}\nc1,d,s,l,micro,nowhere,,,,\n` }),
    Deno.errors.NotFound,
    "line 2 (c1): Cannot read",
  );
  await assertRejects(
    () => load({ "m.csv": `${HEADER}\nc1,d,s,l,micro,a,1,,9,\n` }),
    RangeError,
    "line 2 (c1): Cannot cut",
  );
});

Deno.test("loadClipSet() stops when it is told to", async () => {
  await withFolder(FILES, async (folder) => {
    const controller = new AbortController();
    const loading = loadClipSet(join(folder, "m.csv"), RECIPE, {
      concurrency: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assertRejects(() => loading, DOMException);
  });
});

Deno.test("loadClipSet() refuses recipes and concurrency out of range", async () => {
  await assertRejects(() => loadClipSet("m.csv", { ...RECIPE, size: 0 }), RangeError, "expected recipe.size");
  await assertRejects(() => loadClipSet("m.csv", RECIPE, { concurrency: 0 }), RangeError, "concurrency");
});

const REAL = new URL("../../../shared/data/megc2019-flow/manifest.csv", import.meta.url);
const present = await Deno.stat(REAL).then(() => true, () => false);

Deno.test({
  name: "loadClipSet() loads the real composite's flow maps (skipped where ../shared is absent)",
  ignore: !present,
  async fn() {
    const recipe: Recipe = { frames: 1, size: 28, channels: 3, input: "frames", time: "tim" };
    const set = await loadClipSet(REAL.pathname, recipe);
    assertEquals(set.ids.length, 309);
    assertEquals(set.subjectNames.length, 40);
    assertEquals(set.classes, ["negative", "positive", "surprise"]);
    assertEquals([0, 1, 2].map((c) => set.labels.filter((label) => label === c).length), [158, 83, 68]);
    assert(new Set(set.clips).size > 200); // pictures, not blanks
  },
});

Deno.test("loadClipSet() honours apex and crop, and says whose apex each clip has", async () => {
  const wide = (...values: number[]) => encode({ width: 2, height: 1, channels: 1, data: Uint8Array.from(values) });
  const values = [10, 12, 14, 40, 20];
  const files = {
    "m.csv": `${HEADER},crop
given,db,s1,a,micro,f,1,2,5,,0 0 1 1
middle,db,s1,a,micro,f,1,,5,,"0,0,1,1"
open,db,s1,a,micro,f,1,,,,0 0 1 1
macro,db,s1,a,macro,f,1,2,5,,0 0 1 1
whole,db,s1,a,micro,f,1,2,5,,
`,
    ...Object.fromEntries(values.map((value, i) => [`f/${i + 1}.png`, wide(value, 200)])),
  };
  await withFolder(files, async (folder) => {
    const chosen: string[] = [];
    const set = await loadClipSet(join(folder, "m.csv"), {
      ...{ frames: 1, size: 1, channels: 1, input: "frames", time: "tim", window: "onset-apex", amplify: 2 } as const,
    }, { concurrency: 1, onApex: ({ id }, { frame, source }) => chosen.push(`${id} ${frame} ${source}`) });
    assertEquals(chosen, [
      "given 1 annotated",
      "middle 2 midpoint",
      "open 3 motion",
      "macro 1 annotated",
      "whole 1 annotated",
    ]);
    assertEquals(set.clips, Uint8Array.of(14, 18, 70, 12, 107)); // 105 + 2 (106 − 105) of the whole frame
  });
});
