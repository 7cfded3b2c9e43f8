import { assert, assertEquals } from "@std/assert";
import { createAdaptApp, finishTenantErasures } from "../../functions/adapt/mod.ts";
import { createPredictApp, createPredictorCache, subjectSlot } from "../../functions/predict/mod.ts";
import { createMetrics } from "../../lib/http/mod.ts";
import { deleteSubject, type ObjectStore, saveSubject, sha256 } from "../../lib/storage/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, json, problemOf, publishMain, safetensors, testDeps } from "../_util/http_fixture.ts";
import { modelWeights } from "../_util/model_card.ts";
import { onEachStore, type SharedStore } from "../_util/on_each_store.ts";

const SUBJECT = "anna.k-77";
const PATH = `/v1/subjects/${SUBJECT}`;
const CLIPS = { clips: [greyClip(60, { label: "positive" })] };

/** One process: adapt and predict with an engine, a cache and metrics of their own. */
function startProcess(store: ObjectStore) {
  const deps = { ...testDeps(store), metrics: createMetrics() };
  const engine = fakeEngine();
  const cache = createPredictorCache(1e6);
  let gate: Promise<void> | undefined;
  let begun = () => {};
  const calibrate: typeof engine.calibrate = async (...args) => {
    begun();
    await gate;
    return await engine.calibrate(...args);
  };
  const onSubjectChanged = (tenant: string, subject: string) => cache.drop(subjectSlot(tenant, subject));
  const adapt = checked(
    createAdaptApp({ ...deps, engine: { ...engine, calibrate }, model: "main", onSubjectChanged }),
    deps.api,
  );
  const predict = checked(createPredictApp({ ...deps, engine, model: "main", cache }), deps.api);
  return {
    ...{ deps, engine, cache, adapt, predict },
    calibrate(key?: string) {
      const request = json(CLIPS);
      const headers = { ...request.headers as Record<string, string>, ...(key && { "Idempotency-Key": key }) };
      return adapt.request(`${PATH}/calibrations`, { ...request, headers });
    },
    ask: (subject = SUBJECT) => predict.request("/v1/predict", json({ clips: [greyClip(60)], subject })),
    erase: () => adapt.request(PATH, { method: "DELETE" }),
    /** Lets no calibration compute until it is released. */
    hold() {
      const [held, computing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      [gate, begun] = [held.promise, computing.resolve];
      return { release: held.resolve, begun: computing.promise };
    },
  };
}

async function setUp(shared: SharedStore) {
  await publishMain(shared.open());
  return { here: startProcess(shared.open()), there: startProcess(shared.open()) };
}

/** Fails when the store holds what could come from the subject. */
async function assertErased(shared: SharedStore, secrets: readonly string[] = []): Promise<void> {
  const { names, bytes } = await shared.everything();
  const texts = [...names, ...bytes.map((piece) => new TextDecoder("latin1").decode(piece))];
  const id = new TextEncoder().encode(SUBJECT);
  for (const needle of [SUBJECT, btoa(SUBJECT), await sha256(id), id.toHex(), "meta.json", ...secrets]) {
    assertEquals(texts.filter((text) => text.includes(needle)), [], needle);
  }
}

onEachStore(
  "DELETE leaves nothing in the store, in the caches of the process, in logs or in metrics",
  async (shared) => {
    const { here } = await setUp(shared);
    const made = await (await here.calibrate("key-1")).json();
    assertEquals([(await here.ask()).status, here.engine.alive], [200, 1]);
    assertEquals((await here.erase()).status, 204);
    await assertErased(shared, [made.version]);
    assertEquals([here.engine.alive, here.cache.entries, here.cache.bytes], [0, 0, 0]);
    for (const app of [here.adapt, here.predict]) {
      const metrics = await (await app.request("/metrics")).text();
      assert(!metrics.includes("anna") && !metrics.includes(made.version));
    }
    const log = JSON.stringify(here.deps.logged);
    assert(!log.includes("anna") && !log.includes(made.version), log);
    assertEquals([(await here.ask()).status, (await here.erase()).status], [404, 404]);
  },
);

onEachStore(
  "a calibration that computes while another process erases its subject is 409 and leaves nothing",
  async (shared) => {
    const { here, there } = await setUp(shared);
    const { release, begun } = here.hold();
    const late = here.calibrate("key-1");
    await begun;
    // Nothing of it was there yet.
    assertEquals((await there.erase()).status, 404);
    release();
    const problem = await problemOf(await late);
    assertEquals([problem.status, problem.detail.includes(SUBJECT)], [409, false]);
    await assertErased(shared);
    assertEquals((await here.ask()).status, 404);
    // What begins now is a new subject, and its key is free.
    const again = await here.calibrate("key-1");
    assertEquals([again.status, again.headers.get("Idempotency-Replayed")], [201, null]);
    assertEquals([(await here.ask()).status, (await there.ask()).status], [200, 200]);
  },
);

onEachStore(
  "an answer is not replayed after another process erased the subject, nor when the id is used anew",
  async (shared) => {
    const { here, there } = await setUp(shared);
    const first = await (await here.calibrate("key-1")).json();
    assertEquals((await here.calibrate("key-1")).headers.get("Idempotency-Replayed"), "true");
    assertEquals((await there.erase()).status, 204);
    const second = await (await there.calibrate("key-1")).json();
    const third = await here.calibrate("key-1");
    assertEquals([third.status, third.headers.get("Idempotency-Replayed")], [201, null]);
    const versions = [first.version, second.version, (await third.json()).version];
    assertEquals(new Set(versions).size, 3, "the same clips in another life of the id are another version");
  },
);

onEachStore(
  "a reader that cached a subject before another process erased it and calibrated anew answers anew",
  async (shared) => {
    const { here, there } = await setUp(shared);
    await there.calibrate();
    const before = await (await here.ask()).json();
    await there.erase();
    assertEquals([(await here.ask()).status, here.cache.entries], [404, 0]);
    await there.calibrate();
    const after = await (await here.ask()).json();
    assert(before.subject.version !== after.subject.version);
    assertEquals(here.engine.alive, 1);
  },
);

onEachStore(
  "a server's start finishes what a killed process left of an erasure, and its log names nobody",
  async (shared) => {
    const { here } = await setUp(shared);
    await here.calibrate();
    const dying = shared.open();
    const killed: ObjectStore = { ...dying, delete: () => Promise.reject(new Error(`killed at ${SUBJECT}`)) };
    await deleteSubject(killed, "default", SUBJECT).catch(() => {});
    assertEquals((await here.ask()).status, 404);
    assertEquals(await (await here.adapt.request("/v1/subjects")).json(), { subjects: [] });
    await finishTenantErasures({ ...here.deps, store: killed });
    assertEquals(here.deps.logged.at(-1)?.level, "warn");
    await finishTenantErasures(here.deps);
    await assertErased(shared);
    assertEquals([here.deps.logged.at(-1)?.message, here.deps.logged.at(-1)?.subjects], ["finished erasures", 1]);
    assert(!JSON.stringify(here.deps.logged).includes(SUBJECT));
  },
);

Deno.test("DELETE takes an id that is percent-encoded as the id it is, and no other way of writing one", async () => {
  const store = testDeps().store;
  await publishMain(store);
  const { adapt, ask, calibrate, deps } = startProcess(store);
  await calibrate();
  const erase = async (id: string) => (await adapt.request(`/v1/subjects/${id}`, { method: "DELETE" })).status;
  const wrong = [
    "ann%C3%A0",
    "%E2%80%AEanna",
    "anna.k-77%00",
    "anna%2Fk",
    "..%2Fanna.k-77",
    "anna.k-77%20",
    "a%CC%8A",
    "%ff",
  ];
  for (const id of wrong) assertEquals(await erase(id), 422, id);
  assertEquals((await ask()).status, 200);
  assertEquals(await erase("ANNA.k-77"), 404);
  assertEquals(await erase("%61nna%2Ek%2D77"), 204);
  assertEquals((await ask()).status, 404);
  assert(!/anna|%61|à|‮/i.test(JSON.stringify(deps.logged)), JSON.stringify(deps.logged));
});

Deno.test("a subject that one tenant erases is another's own under the same id", async () => {
  const store = testDeps().store;
  const fit = { loss: 1, accuracy: 1 };
  const meta = {
    model: { name: "main", version: "0123456789abcdef" },
    ...{ innerSteps: 1, before: fit, after: fit, classes: ["a"], createdAt: "2025-01-01T00:00:00Z" },
  };
  for (const tenant of ["one", "two"]) await saveSubject(store, tenant, SUBJECT, modelWeights(), meta);
  await deleteSubject(store, "one", SUBJECT);
  assertEquals((await store.list("")).filter((key) => key.includes(SUBJECT)).length, 3);
});

Deno.test("a form or safetensors that arrives whole after the erasure began is 409 too", async () => {
  const store = testDeps().store;
  await publishMain(store);
  const { adapt } = startProcess(store);
  const { body, headers } = safetensors([60], { labels: '["positive"]' });
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      begun.resolve();
      await gate.promise;
      controller.enqueue(body as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  }, { highWaterMark: 0 });
  const late = adapt.request(`${PATH}/calibrations`, { method: "POST", headers: headers!, body: stream });
  await begun.promise;
  await deleteSubject({ ...store }, "default", SUBJECT);
  gate.resolve();
  assertEquals((await problemOf(await late)).status, 409);
  assertEquals((await store.list("")).filter((key) => key.includes(SUBJECT)), []);
});
