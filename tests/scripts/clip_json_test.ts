import { assertEquals, assertRejects } from "@std/assert";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { clipJson } from "../../scripts/clip_json.ts";
import { UsageError } from "../../scripts/_lib/usage_error.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyPng, json, publishMain, testDeps } from "../_util/http_fixture.ts";

const FLAGS: Parameters<typeof clipJson>[0] = {
  label: [],
  kind: "micro",
  crop: undefined,
  manifest: undefined,
  subject: undefined,
  shots: 5,
  skip: 0,
  macro: 0,
  as: undefined,
  model: undefined,
};

/** Two folders of frames, and a manifest of three micro clips and a macro clip a class over them. */
async function withData(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const rows = ["id,database,subject,label,kind,path,onset,apex,offset,fps"];
  try {
    for (const [label, value] of [["negative", 5], ["surprise", 250]] as const) {
      await Deno.mkdir(`${folder}/${label}`);
      for (let i = 1; i <= 4; i++) {
        await Deno.writeFile(`${folder}/${label}/img${i}.png`, Uint8Array.fromBase64(greyPng(value)));
      }
      for (let i = 1; i <= 3; i++) rows.push(`${label}${i},demo,s1,${label},micro,${label},${i},,4,`);
      rows.push(`${label}-macro,demo,s1,${label},macro,${label},,,,`);
    }
    await Deno.writeTextFile(`${folder}/manifest.csv`, rows.join("\n"));
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const shape = (body: Record<string, unknown>) =>
  (body.clips as { label: string; kind: string; frames: string[] }[]).map((clip) => [
    clip.label,
    clip.kind,
    clip.frames.length,
  ]);

Deno.test("clipJson() of folders is a body that predict answers", () =>
  withData(async (folder) => {
    const body = await clipJson({ ...FLAGS, crop: "0,0,2,2" }, [`${folder}/surprise`, `${folder}/negative`]);
    const deps = testDeps();
    await publishMain(deps.store);
    const app = createPredictApp({ ...deps, engine: fakeEngine(), model: "main" });
    const { predictions } = await (await app.request("/v1/predict", json(body))).json();
    assertEquals(predictions.map(({ label }: { label: string }) => label), ["surprise", "negative"]);
  }));

Deno.test("clipJson() refuses an id that the functions would refuse", () =>
  withData(async (folder) => {
    await assertRejects(
      () => clipJson({ ...FLAGS, as: "Zoë" }, [`${folder}/surprise`]),
      UsageError,
      'Cannot use --as "Zoë": expected 1 to 128 of A-Z a-z 0-9 . _ -',
    );
  }));

Deno.test("clipJson() gives one label to all folders, or each its own", () =>
  withData(async (folder) => {
    const folders = [`${folder}/negative`, `${folder}/surprise`];
    const labels = async (label: string[]) => shape(await clipJson({ ...FLAGS, label }, folders)).map(([name]) => name);
    assertEquals(await labels(["a"]), ["a", "a"]);
    assertEquals(await labels(["a", "b"]), ["a", "b"]);
    await assertRejects(() => labels(["a", "b", "c"]), Error, "one for each of 2 folders");
  }));

Deno.test("clipJson() of a manifest takes so many clips a class, their windows, and what comes after them", () =>
  withData(async (folder) => {
    const flags = { ...FLAGS, manifest: `${folder}/manifest.csv`, subject: "s1" };
    assertEquals(shape(await clipJson({ ...flags, shots: 2, macro: 1 }, [])), [
      ["negative", "micro", 4],
      ["negative", "micro", 3],
      ["surprise", "micro", 4],
      ["surprise", "micro", 3],
      ["negative", "macro", 4],
      ["surprise", "macro", 4],
    ]);
    const rest = await clipJson({ ...flags, subject: "demo/s1", skip: 2, as: "alice", model: "m" }, []);
    assertEquals(shape(rest), [["negative", "micro", 2], ["surprise", "micro", 2]]);
    assertEquals([rest.subject, rest.model], ["alice", "m"]);
  }));

Deno.test("clipJson() of a manifest passes apex, offset and face box on, counted from the onset", () =>
  withData(async (folder) => {
    const rows = ["id,database,subject,label,kind,path,onset,apex,offset,fps,crop"];
    rows.push("a,demo,s1,negative,micro,negative,2,3,4,,0 1 2 3", "b,demo,s1,negative,micro,negative,,,,,");
    await Deno.writeTextFile(`${folder}/marked.csv`, rows.join("\n"));
    const flags = { ...FLAGS, manifest: `${folder}/marked.csv`, subject: "s1" };
    const marks = async (values: typeof FLAGS) =>
      (await clipJson(values, []) as { clips: Record<string, unknown>[] }).clips.map(({ apex, offset, crop }) => [
        ...[apex, offset, crop],
      ]);
    assertEquals(await marks(flags), [[1, 2, [0, 1, 2, 3]], [undefined, undefined, undefined]]);
    assertEquals((await marks({ ...flags, crop: "0,0,4,4" })).map(([, , crop]) => crop), [[0, 0, 4, 4], [0, 0, 4, 4]]);
  }));

Deno.test("clipJson() says what is missing", () =>
  withData(async (folder) => {
    const manifest = `${folder}/manifest.csv`;
    await assertRejects(() => clipJson(FLAGS, []), Error, "expected frame folders, or --manifest");
    await assertRejects(() => clipJson({ ...FLAGS, manifest }, []), Error, "without --subject");
    await assertRejects(() => clipJson({ ...FLAGS, manifest, subject: "s9" }, []), Error, "has s1");
    await assertRejects(() => clipJson({ ...FLAGS, manifest, subject: "s1", skip: 9 }, []), Error, "no clip is left");
    await assertRejects(() => clipJson({ ...FLAGS, crop: "1,2" }, [`${folder}/negative`]), Error, "X,Y,W,H");
  }));
