import { assert, assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp, createPredictorCache, modelSlot, subjectSlot } from "../../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../../functions/train/mod.ts";
import { deleteSubject, memoryStore, type ObjectStore, publishModel } from "../../lib/storage/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, json, problemOf, publishMain, testDeps } from "../_util/http_fixture.ts";
import { modelCard, modelWeights } from "../_util/model_card.ts";

const FRESH_MS = 1000;

/** A store that counts its operations. */
function counting(store: ObjectStore) {
  const counts = { reads: 0 };
  const count = <A extends unknown[], T>(work: (...args: A) => T) => (...args: A) => {
    counts.reads++;
    return work(...args);
  };
  return { counts, store: { ...store, get: count(store.get), list: count(store.list) } };
}

/** The functions of one process behind a cache with a window, and a store that another process has too. */
async function setUp() {
  const shared = memoryStore();
  await publishMain(shared);
  const { counts, store } = counting(shared);
  const clock = { ms: 0 };
  const deps = testDeps(store);
  const engine = fakeEngine();
  const cache = createPredictorCache(1e6, { freshMs: FRESH_MS, now: () => clock.ms });
  const onSubjectChanged = (tenant: string, subject: string) => cache.drop(subjectSlot(tenant, subject));
  const onPromoted = (tenant: string, model: string) => cache.drop(modelSlot(tenant, model));
  const adapt = checked(createAdaptApp({ ...deps, engine, model: "main", onSubjectChanged }), deps.api);
  const predict = checked(createPredictApp({ ...deps, engine, model: "main", cache }), deps.api);
  const trainer = () => Promise.resolve({ name: "main", version: "v", metrics: {} });
  const queue = createRunQueue({ ...deps, trainer, workers: 0, dataFolder: null, onPromoted });
  const train = checked(createTrainApp({ ...deps, queue, model: "main", dataFolder: null, onPromoted }), deps.api);
  const ask = (fields: Record<string, unknown> = {}) =>
    predict.request("/v1/predict", json({ clips: [greyClip(60)], ...fields }));
  const labelOf = async (fields = {}) => (await (await ask(fields)).json()).predictions[0].label;
  const calibrate = (label: string) =>
    adapt.request("/v1/subjects/s1/calibrations", json({ clips: [greyClip(60, { label })] }));
  return { shared, counts, clock, engine, cache, adapt, predict, train, queue, ask, labelOf, calibrate };
}

Deno.test("within the window a prediction asks the store nothing, and after it anew", async () => {
  const { counts, clock, ask, calibrate } = await setUp();
  await calibrate("positive");
  for (const fields of [{}, { subject: "s1" }]) {
    await ask(fields);
    counts.reads = 0;
    for (let i = 0; i < 5; i++) assertEquals((await ask(fields)).status, 200);
    assertEquals(counts.reads, 0);
    clock.ms += FRESH_MS;
    await ask(fields);
    assert(counts.reads > 0);
  }
});

Deno.test("what this process calibrates, erases or promotes counts at once", async () => {
  const { shared, train, adapt, labelOf, ask, calibrate, engine } = await setUp();
  assertEquals((await ask({ subject: "s1" })).status, 404);
  await calibrate("positive");
  assertEquals(await labelOf({ subject: "s1" }), "positive");
  await calibrate("surprise");
  assertEquals(await labelOf({ subject: "s1" }), "surprise");
  await adapt.request("/v1/subjects/s1", { method: "DELETE" });
  assertEquals([(await ask({ subject: "s1" })).status, engine.alive], [404, 0]);

  assertEquals(await labelOf(), "negative");
  await calibrate("positive");
  assertEquals((await (await ask({ subject: "s1" })).json()).subject.stale, false);
  const version = await publishModel(shared, "default", "main", modelWeights([255, 0, 60]), modelCard());
  await train.request("/v1/models/main/aliases/stable", json({ version }, "PUT"));
  assertEquals([await labelOf(), (await (await ask({ subject: "s1" })).json()).subject.stale], ["surprise", true]);
});

Deno.test("a run that ends in this process counts at once", async () => {
  const { shared, train, labelOf, queue } = await setUp();
  assertEquals(await labelOf(), "negative");
  await publishMain(shared, [255, 60, 0]);
  const { id } = await (await train.request("/v1/train/runs", json({}))).json();
  while ((await (await train.request(`/v1/train/runs/${id}`)).json()).status !== "succeeded");
  assertEquals(await labelOf(), "positive");
  await queue.close();
});

Deno.test("what another process promotes, calibrates or erases counts after the window, and not later", async () => {
  const { shared, clock, labelOf, ask, calibrate, engine } = await setUp();
  await calibrate("positive");
  assertEquals([await labelOf(), await labelOf({ subject: "s1" })], ["negative", "positive"]);
  const other = { ...shared };
  await publishMain(other, [255, 0, 60]);
  await deleteSubject(other, "default", "s1");
  clock.ms += FRESH_MS - 1;
  assertEquals([await labelOf(), await labelOf({ subject: "s1" })], ["negative", "positive"]);
  clock.ms += 1;
  assertEquals(await labelOf(), "surprise");
  const problem = await problemOf(await ask({ subject: "s1" }));
  assertEquals([problem.status, engine.alive], [404, 1]);
});

Deno.test("an erased subject that nobody asks for leaves the memory of another process as well", async () => {
  const { shared, clock, ask, cache, calibrate, engine } = await setUp();
  await calibrate("positive");
  await ask({ subject: "s1" });
  await deleteSubject({ ...shared }, "default", "s1");
  clock.ms += 600_001;
  cache.sweep();
  assertEquals([engine.alive, cache.entries], [0, 0]);
});

Deno.test("an erasure while a subject's weights are being loaded leaves none of them in memory", async () => {
  const { shared, adapt, cache, calibrate, engine, ask } = await setUp();
  await calibrate("positive");
  const gate = Promise.withResolvers<void>();
  const slow = {
    ...engine,
    createPredictor: async (...args: Parameters<typeof engine.createPredictor>) => {
      await gate.promise;
      return await engine.createPredictor(...args);
    },
  };
  const deps = testDeps(shared);
  const predict = createPredictApp({ ...deps, engine: slow, model: "main", cache });
  const early = predict.request("/v1/predict", json({ clips: [greyClip(60)], subject: "s1" }));
  while (cache.entries === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await adapt.request("/v1/subjects/s1", { method: "DELETE" });
  gate.resolve();
  // It began before the erasure.
  assertEquals((await early).status, 200);
  assertEquals([engine.alive, cache.entries, (await ask({ subject: "s1" })).status], [0, 0, 404]);
});

Deno.test("no request is answered by two versions while promotions go on", async () => {
  const { shared, clock, predict, engine } = await setUp();
  // The class of grey level 60, by version.
  const labels = new Map<string, string>();
  for (
    const [means, label] of [[[60, 0, 0], "negative"], [[0, 60, 0], "positive"], [[0, 0, 60], "surprise"]] as const
  ) {
    labels.set(await publishMain(shared, means), label);
  }
  const versions = [...labels.keys()];
  const body = json({ clips: Array.from({ length: 8 }, () => greyClip(60)) });
  let asked = 0;
  const client = async () => {
    while (asked++ < 200) {
      const { predictions, model } = await (await predict.request("/v1/predict", body)).json();
      for (const { label } of predictions) assertEquals(label, labels.get(model.version));
    }
  };
  const promoting = async () => {
    for (let i = 0; asked < 200; i++) {
      const version = versions[i % versions.length]!;
      await publishMain(shared, [0, 1, 2].map((n) => n === versions.indexOf(version) ? 60 : 0));
      clock.ms += FRESH_MS;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  await Promise.all([client(), client(), client(), client(), promoting()]);
  assert(engine.made > 3, `${engine.made} predictors`);
  assertEquals(engine.alive, 1);
});

Deno.test("ready waits until the default model has answered once, and tells when it cannot", async () => {
  const store = memoryStore();
  const engine = fakeEngine();
  const deps = testDeps(store);
  let answered = 0;
  const counted: typeof engine.createPredictor = async (...args) => {
    const predictor = await engine.createPredictor(...args);
    return { ...predictor, predict: (clips) => (answered++, predictor.predict(clips)) };
  };
  const app = checked(
    createPredictApp({ ...deps, engine: { ...engine, createPredictor: counted }, model: "main" }),
    deps.api,
  );
  const ready = () => app.request("/v2/health/ready");
  assertEquals((await problemOf(await ready())).status, 503);
  const version = await publishMain(store);
  const key = `tenants/default/models/main/${version}/weights.safetensors`;
  const weights = (await store.get(key))!;
  await store.put(key, weights.subarray(1));
  const problem = await problemOf(await ready());
  assertEquals([problem.status, problem.detail.includes("cannot answer"), answered], [503, true, 0]);
  await store.put(key, weights);
  assertEquals([(await ready()).status, answered], [200, 1]);
  await ready();
  await app.request("/v1/predict", json({ clips: [greyClip(60)] }));
  assertEquals([engine.made, answered], [1, 2]);
});

Deno.test("an app that is told to warm up does so before anybody asks", async () => {
  const store = memoryStore();
  await publishMain(store);
  const engine = fakeEngine();
  createPredictApp({ ...testDeps(store), engine, model: "main", warm: true });
  for (let i = 0; i < 100 && engine.made === 0; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(engine.made, 1);
});
