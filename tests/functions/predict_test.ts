import { assert, assertEquals, assertMatch } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp, createPredictorCache, subjectSlot } from "../../functions/predict/mod.ts";
import { encodeSafetensors, promote } from "../../lib/storage/mod.ts";
import { bmp, greyJpeg } from "../data/_util/pictures.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, greyPng, json, problemOf, publishMain, safetensors, testDeps } from "../_util/http_fixture.ts";

async function setUp() {
  const deps = testDeps();
  const version = await publishMain(deps.store);
  const engine = fakeEngine();
  const cache = createPredictorCache(1e6);
  const predict = checked(createPredictApp({ ...deps, engine, model: "main", cache }), deps.api);
  const adapt = checked(
    createAdaptApp({
      ...deps,
      engine,
      model: "main",
      onSubjectChanged: (tenant, subject) => cache.drop(subjectSlot(tenant, subject)),
    }),
    deps.api,
  );
  const labelOf = async (value: number, fields = {}) => {
    const response = await predict.request("/v1/predict", json({ clips: [greyClip(value)], ...fields }));
    return (await response.json()).predictions[0].label;
  };
  const calibrate = (value: number, label: string) =>
    adapt.request("/v1/subjects/s1/calibrations", json({ clips: [greyClip(value, { label })] }));
  return { deps, version, engine, cache, predict, adapt, labelOf, calibrate };
}

Deno.test("POST predict answers each clip with label, probabilities, model and timing", async () => {
  const { predict, version } = await setUp();
  const response = await predict.request("/v1/predict", json({ clips: [greyClip(10), greyClip(250, {}, 1)] }));
  assertEquals(response.status, 200);
  assertMatch(
    response.headers.get("Server-Timing")!,
    /^read;dur=[\d.]+, load;dur=[\d.]+, decode;dur=[\d.]+, predict;dur=/,
  );
  const { predictions, model, subject } = await response.json();
  assertEquals([model, subject], [{ name: "main", version }, null]);
  assertEquals(predictions.map(({ label }: { label: string }) => label), ["negative", "surprise"]);
  for (const { probabilities } of predictions) {
    assertEquals(Object.keys(probabilities), ["negative", "positive", "surprise"]);
    const sum = Object.values<number>(probabilities).reduce((a, b) => a + b, 0);
    assertEquals(Math.abs(sum - 1) < 1e-6, true);
  }
});

Deno.test("POST predict answers a clip the same alone and beside others, as JSON and as safetensors", async () => {
  const { predict } = await setUp();
  const ask = async (request: RequestInit) =>
    (await (await predict.request("/v1/predict", request)).json()).predictions;
  const [alone] = await ask(json({ clips: [greyClip(70)] }));
  assertEquals((await ask(json({ clips: [greyClip(0), greyClip(70), greyClip(255)] })))[1], alone);
  assertEquals((await ask(safetensors([255, 70])))[1], alone);
});

Deno.test("requests of one moment are answered in one run where that is of use, each as if alone, and a lone one by itself", async () => {
  for (const batches of [true, false]) {
    const { deps } = await setUp();
    const engine = fakeEngine();
    let runs = 0;
    const createPredictor: typeof engine.createPredictor = async (...args) => {
      const predictor = await engine.createPredictor(...args);
      return { ...predictor, batches, predict: (clips) => (runs++, predictor.predict(clips)) };
    };
    const app = checked(
      createPredictApp({ ...deps, engine: { ...engine, createPredictor }, model: "main" }),
      deps.api,
    );
    const ask = async (values: number[]) =>
      (await (await app.request("/v1/predict", safetensors(values))).json()).predictions;
    const requests = [[10], [250], [70], [128]];
    const alone = [];
    for (const values of requests) alone.push(await ask(values));
    assertEquals(runs, 4);
    assertEquals(await Promise.all(requests.map(ask)), alone);
    if (batches) assert(runs < 8, `${runs - 4} runs`);
    else assertEquals(runs, 8);
  }
});

Deno.test("POST predict resamples other sizes, frame counts and channels to the model's", async () => {
  const { predict } = await setUp();
  const data = new Float32Array(1 * 3 * 8 * 6 * 3).fill(250 / 255);
  const body = encodeSafetensors({ clips: { dtype: "F32", shape: [1, 3, 8, 6, 3], data } });
  const headers = { "Content-Type": "application/vnd.safetensors" };
  const response = await predict.request("/v1/predict", { method: "POST", headers, body });
  assertEquals((await response.json()).predictions[0].label, "surprise");
});

Deno.test("POST predict cuts the crop box and begins at the onset", async () => {
  const { predict } = await setUp();
  const clip = { frames: [greyPng(0), greyPng(255, 4, 4), greyPng(255)], onset: 1, apex: 2, crop: [1, 1, 2, 2] };
  const response = await predict.request("/v1/predict", json({ clips: [clip] }));
  assertEquals((await response.json()).predictions[0].label, "surprise");
});

Deno.test("calibrate, predict with the subject, promote, delete: the whole way", async () => {
  const { deps, adapt, labelOf, calibrate, predict, version, engine, cache } = await setUp();
  assertEquals(await labelOf(60), "negative");
  await calibrate(60, "positive");
  assertEquals(await labelOf(60, { subject: "s1" }), "positive");
  assertEquals(await labelOf(60), "negative");

  // A newer base does not change the subject's answers; it only makes them stale.
  await publishMain(deps.store, [60, 200, 255]);
  const response = await predict.request("/v1/predict", json({ clips: [greyClip(60)], subject: "s1" }));
  const answer = await response.json();
  assertEquals([answer.predictions[0].label, answer.model.version], ["positive", version]);
  assertEquals([answer.subject.id, answer.subject.stale], ["s1", true]);
  assertEquals(await labelOf(60), "negative");

  await adapt.request("/v1/subjects/s1", { method: "DELETE" });
  assertEquals([cache.bytes, engine.alive], [12, 1]);
  const gone = await predict.request("/v1/predict", json({ clips: [greyClip(60)], subject: "s1" }));
  assertEquals((await problemOf(gone)).status, 404);
});

Deno.test("POST predict follows promotion and rollback, with one predictor alive a model", async () => {
  const { deps, engine, labelOf, version } = await setUp();
  assertEquals(await labelOf(200), "surprise");
  await publishMain(deps.store, [200, 128, 255]);
  assertEquals(await labelOf(200), "negative");
  assertEquals([engine.made, engine.alive], [2, 1]);
  await promote(deps.store, "default", "main", "stable", version);
  assertEquals(await labelOf(200), "surprise");
  assertEquals(engine.alive, 1);
});

Deno.test("POST predict reuses predictors and follows a new calibration", async () => {
  const { engine, labelOf, calibrate } = await setUp();
  await calibrate(60, "positive");
  for (let i = 0; i < 3; i++) assertEquals(await labelOf(60, { subject: "s1" }), "positive");
  assertEquals(engine.made, 1);
  await calibrate(60, "surprise");
  assertEquals(await labelOf(60, { subject: "s1" }), "surprise");
  assertEquals([engine.made, engine.alive], [2, 1]);
});

Deno.test("POST predict lets go of a subject that another process deleted", async () => {
  const { deps, engine, labelOf, calibrate, predict } = await setUp();
  await calibrate(60, "positive");
  await labelOf(60, { subject: "s1" });
  for (const key of await deps.store.list("tenants/default/subjects/s1/")) await deps.store.delete(key);
  assertEquals((await predict.request("/v1/predict", json({ clips: [greyClip(60)], subject: "s1" }))).status, 404);
  assertEquals(engine.alive, 0);
});

const header = (shape: readonly number[], data: Float32Array | Uint8Array): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/vnd.safetensors" },
  body: encodeSafetensors({ clips: { dtype: data instanceof Uint8Array ? "U8" : "F32", shape, data } }),
});

/** A body whose safetensors header is this text, announced with a length of its own. */
function hostile(text: string, data: number[] = [], length = BigInt(text.length)): RequestInit {
  const body = new Uint8Array(8 + text.length + data.length);
  new DataView(body.buffer).setBigUint64(0, length, true);
  body.set(new TextEncoder().encode(text), 8);
  body.set(data, 8 + text.length);
  return { ...header([1], new Uint8Array(1)), body };
}
const entry = (shape: string, offsets: string) => `{"dtype":"U8","shape":${shape},"data_offsets":${offsets}}`;
const SMALL_CLIP = entry("[1,1,1,1,1]", "[0,1]");

const textBody = (body: string): RequestInit => ({ ...json({}), body });
const PIXEL = JSON.stringify(greyClip(1));

/** A picture in base64 without its last bytes. */
const cut = (picture: Uint8Array, bytes: number) =>
  json({ clips: [{ frames: [picture.slice(0, -bytes).toBase64()] }] });

const BAD: readonly [why: string, request: RequestInit, status: number, field: string | null][] = [
  ["malformed JSON", textBody('{"clips": ['), 400, null],
  ["another media type", { ...json({}), headers: { "Content-Type": "text/plain" } }, 415, null],
  ["an unknown field", json({ clips: [greyClip(1)], speed: 1 }), 422, "speed"],
  ["a key twice", textBody(`{"clips":[${PIXEL}],"subject":"a","subject":"b"}`), 400, null],
  [
    "a key that reaches for the prototype",
    textBody(`{"clips":[${PIXEL}],"__proto__":{"subject":"a"}}`),
    422,
    "__proto__",
  ],
  ["a deep body", textBody(`{"clips":${"[".repeat(5e6)}${"]".repeat(5e6)}}`), 413, null],
  ["a deep body that breaks off", textBody("[".repeat(5e6)), 413, null],
  ["a body of very many keys", textBody(`{${'"a":1,'.repeat(3e6)}"b":1}`), 413, null],
  ["a text that never ends", textBody(`{"a":"${"x".repeat(1000)}`), 400, null],
  ["a number without end", textBody(`{"clips":[{"frames":["A"],"onset":1e400}]}`), 422, "clips.0.onset"],
  ["a PNG cut off", cut(Uint8Array.fromBase64(greyPng(9, 64, 64)), 30), 422, "clips.0.frames.0"],
  ["a JPEG cut off", cut(greyJpeg(), 6), 422, "clips.0.frames.0"],
  ["a BMP cut off", cut(bmp({ width: 8, height: 8, depth: 24 }, new Uint8Array(192)), 30), 422, "clips.0.frames.0"],
  ["safetensors cut off", hostile(`{"clips":${SMALL_CLIP}}`), 400, null],
  ["a header longer than the body", hostile("{}", [], 2n ** 63n), 400, null],
  ["a header too long to read", hostile(`{${" ".repeat(300_000)}}`), 413, null],
  [
    "offsets that overlap",
    hostile(`{"clips":${entry("[2]", "[0,2]")},"b":${entry("[2]", "[1,3]")}}`, [1, 2, 3]),
    400,
    null,
  ],
  [
    "a shape that overflows",
    hostile(`{"clips":${entry("[1,1099511627776,1099511627776,1,1]", "[0,1]")}}`, [1]),
    400,
    null,
  ],
  ["a tensor twice", hostile(`{"clips":${SMALL_CLIP},"clips":${SMALL_CLIP}}`, [1]), 400, null],
  ["a tensor that is not asked for", hostile(`{"clips":${SMALL_CLIP},"x":${entry("[0]", "[1,1]")}}`, [1]), 422, "x"],
  ["an unknown subject", json({ clips: [greyClip(1)], subject: "nobody" }), 404, null],
  ["a subject with ../", json({ clips: [greyClip(1)], subject: "../models/main" }), 422, "subject"],
  ["an unknown model", json({ clips: [greyClip(1)], model: "other" }), 404, null],
  ["NaN pixels", header([1, 1, 1, 2, 1], new Float32Array([0.5, NaN])), 422, "clips"],
  ["pixels above 1", header([1, 1, 1, 2, 1], new Float32Array([0.5, 1.01])), 422, "clips"],
  ["negative pixels", header([1, 1, 1, 1, 1], new Float32Array([-0.01])), 422, "clips"],
  ["infinite pixels", header([1, 1, 1, 1, 1], new Float32Array([Infinity])), 422, "clips"],
  ["a shape of rank 4", header([2, 4, 4, 1], new Uint8Array(32)), 422, "clips"],
  ["two channels", header([1, 1, 4, 4, 2], new Uint8Array(32)), 422, "clips"],
  ["an empty batch", header([0, 2, 4, 4, 1], new Uint8Array(0)), 422, "clips"],
  [
    "a tensor of another name",
    {
      ...header([1], new Uint8Array(1)),
      body: encodeSafetensors({ video: { dtype: "U8", shape: [1], data: new Uint8Array(1) } }),
    },
    422,
    "clips",
  ],
  ["an unknown metadata field", safetensors([1], { speed: "1" }), 422, "speed"],
];

for (const [why, request, status, field] of BAD) {
  Deno.test(`POST predict answers ${status} to ${why}`, async () => {
    const { predict } = await setUp();
    const problem = await problemOf(await predict.request("/v1/predict", request));
    assertEquals([problem.status, problem.fields[0] ?? null], [status, field]);
  });
}

Deno.test("POST predict answers 409 when the subject was calibrated on another model", async () => {
  const { predict, calibrate } = await setUp();
  await calibrate(60, "positive");
  const problem = await problemOf(
    await predict.request("/v1/predict", json({ clips: [greyClip(60)], subject: "s1", model: "other" })),
  );
  assertEquals([problem.status, problem.fields], [409, ["model"]]);
});

Deno.test("POST predict answers 500 rather than NaN", async () => {
  const { deps } = await setUp();
  const engine = fakeEngine();
  const app = checked(
    createPredictApp({
      ...deps,
      model: "main",
      engine: {
        ...engine,
        createPredictor: async (...args) => ({
          ...await engine.createPredictor(...args),
          predict: () => Promise.resolve(new Float32Array([NaN, NaN, NaN])),
        }),
      },
    }),
    deps.api,
  );
  assertEquals((await problemOf(await app.request("/v1/predict", json({ clips: [greyClip(1)] })))).status, 500);
});

Deno.test("GET ready answers 503 until a version is promoted, live answers 200", async () => {
  const deps = testDeps();
  const app = checked(createPredictApp({ ...deps, engine: fakeEngine(), model: "main" }), deps.api);
  const problem = await problemOf(await app.request("/v2/health/ready"));
  assertEquals([problem.status, problem.detail.includes('model "main"')], [503, true]);
  assertEquals((await app.request("/v2/health/live")).status, 200);
  await publishMain(deps.store);
  assertEquals((await app.request("/v2/health/ready")).status, 200);
});

Deno.test("abstainBelow takes the label from clips that no class is likely enough for, and nothing else", async () => {
  const { predict } = await setUp();
  // 64 lies between two classes, 0 in the middle of one.
  const values = [64, 0];
  const ask = async (fields: Record<string, unknown>) => {
    const clips = values.map((value) => greyClip(value));
    return (await (await predict.request("/v1/predict", json({ clips, ...fields }))).json()).predictions;
  };
  const plain = await ask({});
  const highest = plain.map(({ probabilities }: { probabilities: Record<string, number> }) =>
    Math.max(...Object.values(probabilities))
  );
  assertEquals([highest[0] < 0.6, highest[1] > 0.9], [true, true]);
  const labels = (predictions: { label: string | null }[]) => predictions.map(({ label }) => label);
  assertEquals(labels(plain).includes(null), false);
  assertEquals(labels(await ask({ abstainBelow: 0.7 })), [null, "negative"]);
  assertEquals(labels(await ask({ abstainBelow: highest[0] })), labels(plain));
  assertEquals(labels(await ask({ abstainBelow: 1 })), [null, null]);
  const abstained = await ask({ abstainBelow: 0.7 });
  assertEquals(
    abstained.map(({ probabilities }: { probabilities: unknown }) => probabilities),
    plain.map(({ probabilities }: { probabilities: unknown }) => probabilities),
  );
  for (const text of ["0.7", ".7", "1", "1.0"]) {
    const response = await predict.request("/v1/predict", safetensors([64], { abstainBelow: text }));
    assertEquals((await response.json()).predictions[0].label, null, text);
  }
});

for (const abstainBelow of [0, -0.1, 1.01, NaN, "0", "1.5", "0,7", "7e-1", "", true, null, [0.5]]) {
  Deno.test(`abstainBelow ${JSON.stringify(abstainBelow)} is 422`, async () => {
    const { predict } = await setUp();
    const problem = await problemOf(
      await predict.request("/v1/predict", json({ clips: [greyClip(64)], abstainBelow })),
    );
    assertEquals([problem.status, problem.fields], [422, ["abstainBelow"]]);
  });
}
