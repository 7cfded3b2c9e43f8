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

Deno.test("loadClipSet() takes the expected labels as the classes, and names the row of any other", async () => {
  await withFolder(FILES, async (folder) => {
    const manifest = join(folder, "m.csv");
    const set = await loadClipSet(manifest, RECIPE, { labels: ["surprise", "positive", "negative"] });
    assertEquals([set.classes, Array.from(set.labels)], [["negative", "positive", "surprise"], [2, 0, 0]]);
    await assertRejects(
      () => loadClipSet(manifest, RECIPE, { labels: ["surprise", "positive"] }),
      RangeError,
      'line 3 (c2): label: expected one of positive, surprise, got "negative"',
    );
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
