import { assert, assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { makeConfig } from "../../lib/config/mod.ts";
import { MemoryLimitError } from "../../lib/runtime/mod.ts";
import { loadSubject, type ObjectStore, promote, publishModel } from "../../lib/storage/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, greyPng, json, problemOf, publishMain, safetensors, testDeps } from "../_util/http_fixture.ts";
import { modelCard, modelWeights } from "../_util/model_card.ts";

const PATH = "/v1/subjects/s1/calibrations";

async function setUp() {
  const deps = testDeps();
  const version = await publishMain(deps.store);
  const app = checked(createAdaptApp({ ...deps, engine: fakeEngine(), model: "main" }), deps.api);
  return { deps, version, app, before: await deps.store.list("") };
}

const GOOD = [greyClip(40, { label: "negative" }), greyClip(90, { label: "positive" })];

Deno.test("POST calibrations answers 201 with the report, and stores θ′", async () => {
  const { app, deps, version } = await setUp();
  const response = await app.request(PATH, json({ clips: GOOD }));
  assertEquals([response.status, response.headers.get("Location")], [201, "/v1/subjects/s1"]);
  const { version: saved, before, after, ...rest } = await response.json();
  assertEquals(rest, {
    subject: "s1",
    model: { name: "main", version },
    innerSteps: 1,
    classes: ["negative", "positive"],
  });
  assertEquals([before.accuracy, after.accuracy, after.loss < before.loss], [1, 1, true]);
  const loaded = await loadSubject(deps.store, "default", "s1");
  assertEquals([loaded.version, loaded.weights], [saved, modelWeights([40, 90, 255])]);
});

Deno.test("POST calibrations takes safetensors with labels and fields in the metadata", async () => {
  const { app, deps, version } = await setUp();
  const metadata = {
    labels: '["negative","positive","surprise"]',
    kinds: '["micro","micro","macro"]',
    modelVersion: version,
    innerSteps: "2",
    format: "pt",
  };
  const response = await app.request(PATH, safetensors([40, 90, 200], metadata));
  assertEquals(response.status, 201);
  assertEquals((await response.json()).innerSteps, 2);
  assertEquals((await loadSubject(deps.store, "default", "s1")).weights, modelWeights([40, 90, 255]));
});

Deno.test("POST calibrations starts from the base every time and replaces the earlier one", async () => {
  const { app, deps } = await setUp();
  await app.request(PATH, json({ clips: GOOD }));
  await app.request(PATH, json({ clips: [greyClip(200, { label: "surprise" })] }));
  assertEquals((await loadSubject(deps.store, "default", "s1")).weights, modelWeights([0, 128, 200]));
});

Deno.test("POST calibrations of a model that compares takes no gradient steps, and refuses to be asked for some", async () => {
  const deps = testDeps();
  const file = { frames: 2, size: 4, input: "frames", algorithm: "protonet" };
  const card = modelCard({ config: makeConfig({ file }) });
  const version = await publishModel(deps.store, "default", "main", modelWeights(), card);
  await promote(deps.store, "default", "main", "stable", version);
  const app = checked(createAdaptApp({ ...deps, engine: fakeEngine(), model: "main" }), deps.api);
  const answer = await app.request(PATH, json({ clips: GOOD }));
  assertEquals([answer.status, (await answer.json()).innerSteps], [201, 0]);
  const { status, fields, detail } = await problemOf(await app.request(PATH, json({ clips: GOOD, innerSteps: 2 })));
  assertEquals([status, fields], [422, ["innerSteps"]]);
  assertEquals(
    detail,
    "Cannot calibrate: innerSteps: expected none, because a protonet model takes no gradient steps",
  );
});

const BAD: readonly [why: string, request: RequestInit, status: number, field: string | null][] = [
  ["no body", { method: "POST", headers: { "Content-Type": "application/json" } }, 400, null],
  ["malformed JSON", { ...json({}), body: '{"clips": [' }, 400, null],
  ["bytes that are no UTF-8", { ...json({}), body: new Uint8Array([0xff]) }, 400, null],
  ["damaged safetensors", { ...safetensors([1]), body: new Uint8Array(20) }, 400, null],
  ["another media type", { ...json({}), headers: { "Content-Type": "text/plain" } }, 415, null],
  ["JSON that is no object", json([]), 422, "body"],
  ["no clips", json({}), 422, "clips"],
  ["an empty list of clips", json({ clips: [] }), 422, "clips"],
  ["an unknown field", json({ clips: GOOD, speed: 1 }), 422, "speed"],
  ["an unknown field of a clip", json({ clips: [{ ...GOOD[0], lable: "x" }] }), 422, "clips.0.lable"],
  ["a clip without frames", json({ clips: [{ frames: [], label: "negative" }] }), 422, "clips.0.frames"],
  ["a clip without label", json({ clips: [GOOD[0], greyClip(1)] }), 422, "clips.1.label"],
  ["a label that is no class", json({ clips: [greyClip(1, { label: "joy" })] }), 422, "clips.0.label"],
  ["macro clips alone", json({ clips: [greyClip(1, { label: "positive", kind: "macro" })] }), 422, "clips"],
  ["an unknown kind", json({ clips: [greyClip(1, { kind: "tiny" })] }), 422, "clips.0.kind"],
  ["wrong base64", json({ clips: [{ frames: ["@@@"], label: "negative" }] }), 422, "clips.0.frames.0"],
  ["base64 of no picture", json({ clips: [{ frames: ["AAAA"], label: "negative" }] }), 422, "clips.0.frames.0"],
  [
    "a picture cut off",
    json({ clips: [{ frames: [greyPng(9, 64, 64).slice(0, 60)], label: "negative" }] }),
    422,
    "clips.0.frames.0",
  ],
  [
    "frames of two sizes",
    json({ clips: [{ frames: [greyPng(9), greyPng(9, 5, 4)], label: "negative" }] }),
    422,
    "clips.0.frames.1",
  ],
  ["a crop that leaves the frame", json({ clips: [{ ...GOOD[0], crop: [2, 0, 3, 1] }] }), 422, "clips.0.crop"],
  ["a crop of three numbers", json({ clips: [{ ...GOOD[0], crop: [0, 0, 3] }] }), 422, "clips.0.crop"],
  ["an onset beyond the frames", json({ clips: [{ ...GOOD[0], onset: 2 }] }), 422, "clips.0.onset"],
  ["an apex before the onset", json({ clips: [{ ...GOOD[0], onset: 1, apex: 0 }] }), 422, "clips.0.apex"],
  ["too many inner steps", json({ clips: GOOD, innerSteps: 11 }), 422, "innerSteps"],
  ["an unfit model name", json({ clips: GOOD, model: "../main" }), 422, "model"],
  ["an unknown model", json({ clips: GOOD, model: "other" }), 404, null],
  ["another model version", json({ clips: GOOD, modelVersion: "0".repeat(16) }), 409, "modelVersion"],
  ["too many labels", safetensors([1], { labels: '["negative","positive"]' }), 422, "__metadata__.labels"],
  ["labels that are no JSON", safetensors([1], { labels: "negative" }), 422, "__metadata__.labels"],
  ["kinds that are none", safetensors([1], { kinds: '["tiny"]' }), 422, "__metadata__.kinds.0"],
];

for (const [why, request, status, field] of BAD) {
  Deno.test(`POST calibrations answers ${status} to ${why} and stores nothing`, async () => {
    const { app, deps, before } = await setUp();
    const problem = await problemOf(await app.request(PATH, request));
    assertEquals([problem.status, problem.fields[0] ?? null], [status, field]);
    assertEquals(await deps.store.list(""), before);
  });
}

for (const subject of ["..%2Fmodels", "%2e%2e%2f%2e%2e%2fx", "a%20b", "%2e%2e%5c", "a".repeat(129), "%ff", "a%00"]) {
  Deno.test(`POST calibrations answers 422 to the subject ${subject.slice(0, 20)} and stores nothing`, async () => {
    const { app, deps, before } = await setUp();
    const problem = await problemOf(await app.request(`/v1/subjects/${subject}/calibrations`, json({ clips: GOOD })));
    assertEquals([problem.status, problem.fields], [422, ["subject"]]);
    assertEquals(await deps.store.list(""), before);
  });
}

Deno.test("POST calibrations answers 404 to ../ written out: the path no longer names a subject", async () => {
  const { app, deps, before } = await setUp();
  for (
    const path of ["/v1/subjects/../calibrations", "/v1/subjects/%2e%2e/calibrations", "/v1/subjects//calibrations"]
  ) {
    assertEquals((await problemOf(await app.request(path, json({ clips: GOOD })))).status, 404, path);
  }
  assertEquals(await deps.store.list(""), before);
});

Deno.test("POST calibrations answers 422 when the loss is no longer finite", async () => {
  const { deps } = await setUp();
  const engine = fakeEngine();
  const app = checked(
    createAdaptApp({
      ...deps,
      model: "main",
      engine: {
        ...engine,
        calibrate: async (...args) => ({ ...await engine.calibrate(...args), after: { loss: NaN, accuracy: 0 } }),
      },
    }),
    deps.api,
  );
  assertEquals((await problemOf(await app.request(PATH, json({ clips: GOOD })))).status, 422);
});

Deno.test("POST calibrations answers 500 to a failing engine, masked but logged", async () => {
  const { deps } = await setUp();
  const engine = { ...fakeEngine(), calibrate: () => Promise.reject(new Error("secret device state")) };
  const app = checked(createAdaptApp({ ...deps, engine, model: "main" }), deps.api);
  const problem = await problemOf(await app.request(PATH, json({ clips: GOOD })));
  assertEquals([problem.status, problem.detail.includes("secret")], [500, false]);
  const failure = deps.logged.find(({ level }) => level === "error");
  assertEquals([failure?.message, failure?.requestId], ["secret device state", "id-1"]);
});

Deno.test("POST calibrations answers 413 when the backend's memory is too small, and stores nothing", async () => {
  const { deps, before } = await setUp();
  const engine = {
    ...fakeEngine(),
    calibrate: () => Promise.reject(new MemoryLimitError("Cannot calibrate: send fewer")),
  };
  const app = checked(createAdaptApp({ ...deps, engine, model: "main" }), deps.api);
  const problem = await problemOf(await app.request(PATH, json({ clips: GOOD })));
  assertEquals([problem.status, problem.detail], [413, "Cannot calibrate: send fewer"]);
  assertEquals(await deps.store.list(""), before);
});

Deno.test("GET subjects lists, GET subject describes and tells when it is stale", async () => {
  const { app, deps, version } = await setUp();
  await app.request(PATH, json({ clips: GOOD }));
  assertEquals(await (await app.request("/v1/subjects")).json(), { subjects: ["s1"] });
  const subject = await (await app.request("/v1/subjects/s1")).json();
  assertEquals([subject.subject, subject.model.version, subject.stale], ["s1", version, false]);
  assert(!("weightsSha256" in subject));
  await publishMain(deps.store, [1, 2, 3]);
  assertEquals((await (await app.request("/v1/subjects/s1")).json()).stale, true);
});

/** What a store holds beside the marks of erasures. */
const unmarked = async (store: ObjectStore) => (await store.list("")).filter((key) => !key.includes("/erasures/"));

Deno.test("DELETE subject answers 204 and leaves nothing of the subject, then 404", async () => {
  const { app, deps, before } = await setUp();
  await app.request(PATH, json({ clips: GOOD }));
  await app.request(PATH, json({ clips: [GOOD[0]] }));
  assertEquals((await app.request("/v1/subjects/s1", { method: "DELETE" })).status, 204);
  assertEquals(await unmarked(deps.store), before);
  assertEquals((await problemOf(await app.request("/v1/subjects/s1", { method: "DELETE" }))).status, 404);
  assertEquals((await problemOf(await app.request("/v1/subjects/s1"))).status, 404);
});

Deno.test("DELETE subject waits for a calibration under way, and the subject stays deleted", async () => {
  const { deps, before } = await setUp();
  const engine = fakeEngine();
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const app = checked(
    createAdaptApp({
      ...deps,
      model: "main",
      engine: {
        ...engine,
        async calibrate(...args) {
          begun.resolve();
          await release.promise;
          return await engine.calibrate(...args);
        },
      },
    }),
    deps.api,
  );
  const calibration = app.request(PATH, json({ clips: GOOD }));
  await begun.promise;
  const deletion = app.request("/v1/subjects/s1", { method: "DELETE" });
  release.resolve();
  assertEquals([(await calibration).status, (await deletion).status], [201, 204]);
  assertEquals(await unmarked(deps.store), before);
});

Deno.test("the log names routes, never subjects", async () => {
  const { app, deps } = await setUp();
  await app.request("/v1/subjects/secret-person");
  const line = deps.logged.at(-1)!;
  assertEquals([line.route, line.status], ["/v1/subjects/:subject", 404]);
  assert(!JSON.stringify(deps.logged).includes("secret-person"));
});
