import { assert, assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp, createPredictorCache, subjectSlot } from "../../functions/predict/mod.ts";
import { fileStore, memoryStore, type ObjectStore } from "../../lib/storage/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, greyPng, json, problemOf, publishMain, safetensors, testDeps } from "../_util/http_fixture.ts";
import { everyFile } from "../_util/every_file.ts";

const SUBJECT = "anna.k-77";

async function setUp(store: ObjectStore = memoryStore()) {
  const deps = testDeps(store);
  await publishMain(store);
  const engine = fakeEngine();
  const cache = createPredictorCache(1e6);
  const onSubjectChanged = (tenant: string, subject: string) => cache.drop(subjectSlot(tenant, subject));
  const adapt = checked(createAdaptApp({ ...deps, engine, model: "main", onSubjectChanged }), deps.api);
  const predict = checked(createPredictApp({ ...deps, engine, model: "main", cache }), deps.api);
  const calibrate = (body: unknown = { clips: [greyClip(60, { label: "positive" })] }) =>
    adapt.request(`/v1/subjects/${SUBJECT}/calibrations`, json(body));
  const ask = (body: Record<string, unknown> = {}) =>
    predict.request("/v1/predict", json({ clips: [greyClip(60)], subject: SUBJECT, ...body }));
  const remove = () => adapt.request(`/v1/subjects/${SUBJECT}`, { method: "DELETE" });
  return { deps, engine, cache, adapt, predict, calibrate, ask, remove };
}

/** Whether bytes hold a text. */
const holds = (bytes: Uint8Array, text: string) => new TextDecoder("latin1").decode(bytes).includes(text);

Deno.test("DELETE leaves no name and no byte of a subject on the disk, nor its predictor in memory", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { calibrate, ask, remove, engine, cache, deps } = await setUp(fileStore(folder));
    await ask({ subject: undefined });
    const before = await everyFile(folder);
    const held = cache.bytes;
    for (const value of [60, 61, 62]) {
      assertEquals((await calibrate({ clips: [greyClip(value, { label: "positive" })] })).status, 201);
      assertEquals((await ask()).status, 200);
    }
    // What a crash leaves of a version: temporary files, weights without meta.json.
    const home = `${folder}/tenants/default/subjects/${SUBJECT}`;
    await Deno.mkdir(`${home}/0123456789abcdef`);
    await Deno.writeTextFile(`${home}/0123456789abcdef/weights.safetensors`, `theta of ${SUBJECT}`);
    await Deno.writeTextFile(`${home}/0123456789abcdef/meta.json.1.~tmp`, `{"subject":"${SUBJECT}"`);
    await Deno.writeTextFile(`${home}/current/000009.json.2.~tmp`, SUBJECT);
    await Deno.mkdir(`${home}/fedcba9876543210`);
    await Deno.writeTextFile(`${home}/fedcba9876543210/weights.safetensors.3.~tmp`, SUBJECT);
    const full = await everyFile(folder);
    assert(full.names.includes(SUBJECT) && full.bytes.some((bytes) => holds(bytes, SUBJECT)));
    assertEquals([cache.bytes > held, engine.alive], [true, 2]);

    assertEquals((await remove()).status, 204);
    const after = await everyFile(folder);
    // A mark of the erasure is left, which holds nothing: erasure_test.ts looks at it.
    const marks = ["erasures", "secret", "000001.json", ...after.names.filter((name) => /^[0-9a-f]{64}$/.test(name))];
    assertEquals([after.names.sort(), marks.length], [[...before.names, ...marks].sort(), 4]);
    assertEquals(after.bytes.filter((bytes) => holds(bytes, SUBJECT)), []);
    assertEquals([cache.bytes, engine.alive], [held, 1]);
    assertEquals([(await ask()).status, (await remove()).status], [404, 404]);
    assertEquals(deps.logged.filter(({ level }) => level === "error"), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("DELETE of what an interrupted first calibration left answers 204", async () => {
  const store = memoryStore();
  const { remove } = await setUp(store);
  const before = await store.list("");
  await store.put(`tenants/default/subjects/${SUBJECT}/0123456789abcdef/weights.safetensors`, new Uint8Array(9));
  assertEquals((await remove()).status, 204);
  assertEquals((await store.list("")).filter((key) => !key.includes("/erasures/")), before);
});

Deno.test("DELETE that the store fails half-way lets go of the predictor, and another DELETE ends it", async () => {
  const store = memoryStore();
  let broken = false;
  const frail: ObjectStore = {
    ...store,
    delete: (key) => broken ? Promise.reject(new Error(`Cannot delete "${key}": read-only`)) : store.delete(key),
  };
  const { calibrate, ask, remove, engine, deps } = await setUp(frail);
  await calibrate();
  await ask();
  assertEquals(engine.alive, 1);
  broken = true;
  assertEquals((await problemOf(await remove())).status, 500);
  assertEquals(engine.alive, 0);
  assert(!JSON.stringify(deps.logged).includes(SUBJECT));
  broken = false;
  assertEquals((await remove()).status, 204);
  assertEquals((await store.list("")).filter((key) => key.includes(SUBJECT)), []);
});

Deno.test("a calibration whose body still arrives when its subject is deleted does not bring the subject back", async () => {
  const { adapt, calibrate, remove, deps, ask } = await setUp();
  await calibrate();
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const text = new TextEncoder().encode(JSON.stringify({ clips: [greyClip(60, { label: "positive" })] }));
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(text.subarray(0, 10));
      begun.resolve();
      await gate.promise;
      controller.enqueue(text.subarray(10));
      controller.close();
    },
  });
  const headers = { "Content-Type": "application/json" };
  const late = adapt.request(`/v1/subjects/${SUBJECT}/calibrations`, { method: "POST", headers, body });
  await begun.promise;
  assertEquals((await remove()).status, 204);
  gate.resolve();
  assertEquals((await problemOf(await late)).status, 409);
  assertEquals((await deps.store.list("")).filter((key) => key.includes(SUBJECT)), []);
  // A calibration that comes after the deletion is welcome.
  assertEquals([(await calibrate()).status, (await ask()).status], [201, 200]);
});

Deno.test("many calibrations of a subject at once are answered one by one, and a deletion among them is final for those before", async () => {
  const { calibrate, remove, deps } = await setUp();
  const answers = await Promise.all(Array.from({ length: 20 }, () => calibrate()));
  assertEquals(answers.map(({ status }) => status), new Array(20).fill(201));
  const numbers = (await deps.store.list("")).filter((key) => key.includes(`${SUBJECT}/current/`));
  assertEquals(numbers.length, 20);
  const mixed = await Promise.all([calibrate(), calibrate(), remove()]);
  assert(mixed.every(({ status }) => [201, 204, 409].includes(status)));
  assertEquals((await deps.store.list("")).filter((key) => key.includes(SUBJECT)), []);
});

Deno.test("GET /v1/subjects lists a subject with a damaged object beside the others, whether its id was erased before or not", async () => {
  for (const erased of [true, false]) {
    const { calibrate, remove, adapt, deps } = await setUp();
    const clips = [greyClip(60, { label: "positive" })];
    assertEquals((await adapt.request("/v1/subjects/zoe/calibrations", json({ clips }))).status, 201);
    await calibrate();
    if (erased) {
      await remove();
      await calibrate();
    }
    const keys = (await deps.store.list(`tenants/default/subjects/${SUBJECT}/`)).filter((key) => !key.endsWith("s"));
    assert(keys.some((key) => key.endsWith("/meta.json")) && keys.some((key) => key.includes("/current/")));
    for (const key of keys) {
      const whole = (await deps.store.get(key))!;
      await deps.store.put(key, whole.subarray(0, whole.length - 3));
      const list = await adapt.request("/v1/subjects");
      assertEquals([list.status, await list.json()], [200, { subjects: [SUBJECT, "zoe"] }], key);
      assertEquals((await adapt.request(`/v1/subjects/${SUBJECT}`)).status, 500);
      assertEquals((await adapt.request("/v1/subjects/zoe")).status, 200);
      await deps.store.put(key, whole);
    }
    const unreachable = { ...deps.store, get: () => Promise.reject(new Error("no connection")) };
    const blind = checked(
      createAdaptApp({ ...deps, store: unreachable, engine: fakeEngine(), model: "main" }),
      deps.api,
    );
    assertEquals((await blind.request("/v1/subjects")).status, 500, "a store that fails is no damage");
    const meta = keys.find((key) => key.endsWith("/meta.json"))!;
    await deps.store.put(meta, new Uint8Array([0]));
    assertEquals((await calibrate()).status, 201);
    assertEquals((await adapt.request(`/v1/subjects/${SUBJECT}`)).status, 200);
    await deps.store.put(meta, new Uint8Array([0]));
    assertEquals((await remove()).status, 204);
    assertEquals(await (await adapt.request("/v1/subjects")).json(), { subjects: ["zoe"] });
  }
});

Deno.test("no log line of a subject's whole life holds its id or a byte of a frame", async () => {
  const store = memoryStore();
  const frame = greyPng(123, 9, 7);
  const { calibrate, ask, remove, adapt, predict, deps } = await setUp(store);
  const failing = checked(
    createAdaptApp({
      ...deps,
      model: "main",
      engine: {
        ...fakeEngine(),
        calibrate: () => Promise.reject(new Error(`no memory for ${SUBJECT} in "subjects/${SUBJECT}/x"`)),
      },
    }),
    deps.api,
  );
  const clips = [{ frames: [frame, frame], label: "positive" }];
  const path = `/v1/subjects/${SUBJECT}`;
  const statuses: number[] = [];
  const note = async (answer: Response | Promise<Response>) => void statuses.push((await answer).status);
  await note(calibrate({ clips }));
  await note(ask({ clips }));
  await note(adapt.request(`${path}/calibrations`, safetensors([60], { labels: '["positive"]' })));
  await note(predict.request("/v1/predict", safetensors([60], { subject: SUBJECT })));
  await note(adapt.request(path));
  await note(adapt.request("/v1/subjects"));
  // What a client can do wrong.
  await note(calibrate({ clips: [{ frames: [frame.slice(0, 30)], label: "positive" }] }));
  await note(calibrate({ clips: [{ frames: [frame], label: SUBJECT }] }));
  await note(ask({ clips, model: "other" }));
  await note(ask({ clips, [SUBJECT]: frame }));
  await note(adapt.request(`${path}/calibrations`, { ...json({}), body: `{"clips": "${frame}", ${SUBJECT}` }));
  await note(adapt.request(`${path}/${frame}`));
  await note(adapt.request(path, { method: "PUT" }));
  // What can go wrong here: an engine that fails, objects that are damaged.
  await note(failing.request(`${path}/calibrations`, json({ clips })));
  const meta = (await store.list(`tenants/default/subjects/${SUBJECT}/`)).filter((key) => key.endsWith("meta.json"));
  for (const damage of [(text: string) => `${text}${SUBJECT}`, () => `{"subject":"${SUBJECT}",x}`, () => "[]"]) {
    for (const key of meta) {
      const text = new TextDecoder().decode((await store.get(key))!);
      await store.put(key, new TextEncoder().encode(damage(text)));
    }
    await note(ask({ clips }));
    await note(adapt.request(path));
  }
  await note(remove());
  await note(remove());
  await note(ask({ clips }));
  assertEquals(
    statuses,
    [201, 200, 201, 200, 200, 200, 422, 422, 409, 422, 400, 404, 405, 500]
      .concat(new Array(6).fill(500), [204, 404, 404]),
  );
  const log = deps.logged.map((line) => JSON.stringify(line));
  assertEquals(log.filter((line) => line.includes(SUBJECT) || line.includes("anna")), []);
  for (let at = 0; at + 12 <= frame.length; at += 4) {
    assertEquals(log.filter((line) => line.includes(frame.slice(at, at + 12))), []);
  }
  assertEquals(deps.logged.filter(({ level }) => level === "error").length, 7);
});
