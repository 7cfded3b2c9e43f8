import { assert, assertEquals } from "@std/assert";
import { encode } from "fast-png";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { configSchema } from "../../lib/config/mod.ts";
import { type ApexChoice, type ClipSet, gatherClips, loadClipSet } from "../../lib/data/mod.ts";
import { createInferenceEngine, recipeOf } from "../../lib/inference/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { loadModel } from "../../lib/storage/mod.ts";
import { trainModel } from "../../lib/training/mod.ts";
import { clipJson } from "../../scripts/clip_json.ts";
import { withFolder } from "../data/_util/folder.ts";
import { checked } from "../_util/checked.ts";
import { json, problemOf, testDeps } from "../_util/http_fixture.ts";

/** How far the picture has moved in each frame: still, to the apex (frame 4 of the window), and back. */
const COURSE = [0, 0, .5, 1.2, 2, 1, .3];

/** Frames of one clip: a subject's own texture that moves right (class a) or down (class b), below a strip of noise. */
function frames(subject: number, clip: number, label: string): Uint8Array[] {
  const random = createRandom(9, subject, clip);
  const waves = Array.from({ length: 10 }, () => [random.range(-.5, .5), random.range(-.5, .5), random.range(0, 6)]);
  return COURSE.map((moved) => {
    const data = Uint8Array.from({ length: 44 * 40 }, (_, i) => {
      const [x, y] = [i % 40 - (label === "a" ? moved : 0), Math.floor(i / 40) - (label === "b" ? moved : 0)];
      if (i < 160) return random.integer(256);
      return 128 + waves.reduce((sum, [a, b, c]) => sum + 11 * Math.cos(a! * x + b! * y + c!), 0);
    });
    return encode({ width: 40, height: 44, channels: 1, data });
  });
}

/** Recordings as anyone makes them: folders of frames, no onset, no apex, one box a clip. */
function recordings(): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = {};
  const rows = ["id,database,subject,label,kind,path,onset,apex,offset,fps,crop"];
  for (let subject = 1; subject <= 3; subject++) {
    for (const label of ["a", "b"]) {
      for (let clip = 1; clip <= 3; clip++) {
        const id = `s${subject}${label}${clip}`;
        rows.push(`${id},own,s${subject},${label},micro,${id},,,,,0 4 40 40`);
        frames(subject, clip, label).forEach((bytes, i) => files[`${id}/frame${i + 1}.png`] = bytes);
      }
    }
  }
  return { ...files, "manifest.csv": rows.join("\n") };
}

const NO_FLAGS: Parameters<typeof clipJson>[0] = {
  ...{ label: [], kind: "micro" as const, crop: undefined, manifest: undefined, subject: undefined },
  ...{ shots: 5, skip: 0, macro: 0, as: undefined, model: undefined },
};

for (const M of [1, 3]) {
  Deno.test(`a model of flow trains on one's own recordings, calibrates and predicts by the same code (M = ${M})`, async () => {
    await chooseBackend("cpu");
    await withFolder(recordings(), async (folder) => {
      const manifest = `${folder}/manifest.csv`;
      const config = configSchema.parse({
        ...{ data: manifest, holdout: ["own/s3"], input: "flow", inputChannels: 3, frames: M, size: 16 },
        ...{ window: "onset-apex", decoder: "none", channels: 4, shots: 1, queries: 1, outerSteps: 2, tasksPerStep: 1 },
        ...{ flow: { size: 32 }, amplify: 1.5 },
      });
      const deps = testDeps();
      const { version, card } = await trainModel(config, {
        ...{ store: deps.store, tenant: "default", name: "flow", runId: "r", workers: 1 },
        ...{ signal: new AbortController().signal, onEvent: () => {} },
      });
      assertEquals(card.config.macro, "magnify"); // flow of fixed scaling can be magnified, for M = 1 too
      assertEquals(card.recipe, recipeOf(config));

      const apexes: ApexChoice[] = [];
      const set: ClipSet = await loadClipSet(manifest, card.recipe, { onApex: (_, apex) => apexes.push(apex) });
      assertEquals(apexes, new Array(18).fill({ frame: 4, source: "motion" }));

      const engine = createInferenceEngine();
      const app = { ...deps, engine, model: "flow" };
      const adapt = checked(createAdaptApp(app), deps.api);
      const predict = checked(createPredictApp(app), deps.api);
      const flags = { ...NO_FLAGS, manifest, subject: "s3" };
      const calibration = await clipJson({ ...flags, shots: 2 }, []);
      const made = await adapt.request("/v1/subjects/s3/calibrations", json(calibration));
      assertEquals([made.status, (await made.json()).classes], [201, ["a", "b"]]);

      const body = await clipJson({ ...flags, skip: 2 }, []);
      const ask = async (more = {}) => (await predict.request("/v1/predict", json({ ...body, ...more }))).json();
      const { predictions, model } = await ask();
      assertEquals(model.version, version);
      const { subject } = await ask({ subject: "s3" });
      assertEquals(subject.id, "s3");

      // The same answers, to the last digit, as from the clips that training would read.
      const { weights } = await loadModel(deps.store, "default", "flow", { version });
      const predictor = await engine.createPredictor(weights, card);
      const rows = ["s3a3", "s3b3"].map((id) => set.ids.indexOf(id));
      const clips = gatherClips(set, rows);
      const want = await predictor.predict(clips);
      predictor.dispose();
      assertEquals(
        predictions.flatMap((row: { probabilities: Record<string, number> }) => Object.values(row.probabilities)),
        [...want],
      );

      const [clip] = body.clips as { frames: string[] }[];
      const one = await predict.request(
        "/v1/predict",
        json({ clips: [{ ...clip, frames: clip!.frames.slice(0, 1) }] }),
      );
      const problem = await problemOf(one);
      assertEquals([problem.status, problem.fields], [422, ["clips.0"]]);
      assert(problem.detail.includes("an onset and another frame"), problem.detail);
    });
  });
}
