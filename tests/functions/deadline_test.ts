import { assert, assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { createWorkQueue } from "../../lib/http/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, json, problemOf, publishMain, testDeps } from "../_util/http_fixture.ts";

const CALIBRATION = "/v1/subjects/s1/calibrations";
const LABELLED = json({ clips: [greyClip(9, { label: "positive" })] });

/** Apps whose engine waits until it is released. */
async function setUp(places = 64, limits = {}) {
  const deps = { ...testDeps(), limits, work: createWorkQueue({ active: 1, places }) };
  await publishMain(deps.store);
  const engine = fakeEngine();
  const began = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const slow: typeof engine.calibrate = async (...args) => {
    began.resolve();
    await release.promise;
    return await engine.calibrate(...args);
  };
  const adapt = checked(createAdaptApp({ ...deps, model: "main", engine: { ...engine, calibrate: slow } }), deps.api);
  const predict = checked(createPredictApp({ ...deps, engine, model: "main" }), deps.api);
  return { deps, adapt, predict, began: began.promise, release: release.resolve };
}

Deno.test("a server that is full answers 503 with Retry-After on every route with clips, before the body", async () => {
  const { adapt, predict, deps, began, release } = await setUp(1);
  const working = adapt.request(CALIBRATION, LABELLED);
  await began;
  const unread = () => new ReadableStream({ pull: () => Promise.reject(new Error("read")) }, { highWaterMark: 0 });
  const headers = { "Content-Type": "application/json" };
  const requests = [
    adapt.request(CALIBRATION, { method: "POST", headers, body: unread() }),
    predict.request("/v1/predict", { method: "POST", headers, body: unread() }),
    predict.request("/v2/models/main/infer", { method: "POST", headers, body: unread() }),
  ];
  for (const response of await Promise.all(requests)) {
    assertEquals(response.headers.get("Retry-After"), "1");
    assertEquals((await problemOf(response)).status, 503);
  }
  assertEquals((await adapt.request("/v1/subjects")).status, 200);
  release();
  assertEquals((await working).status, 201);
  assertEquals([deps.work.places, deps.work.active], [0, 0]);
  assertEquals((await predict.request("/v1/predict", json({ clips: [greyClip(9)] }))).status, 200);
});

Deno.test("every request gives its place back, whatever it ends with", async () => {
  const { adapt, predict, deps, release } = await setUp();
  release();
  for (
    const body of [{}, { clips: [greyClip(9)] }, { clips: [{ frames: ["AAAA"] }] }, { clips: [greyClip(9)], x: 1 }]
  ) {
    await adapt.request(CALIBRATION, json(body));
    await predict.request("/v1/predict", json(body));
    await predict.request("/v1/predict", json({ ...body, subject: "nobody" }));
    await predict.request("/v2/models/main/infer", json(body));
  }
  assertEquals([deps.work.places, deps.work.active], [0, 0]);
});

Deno.test("a request that waits or works beyond its deadline is 504, and stores nothing", async () => {
  const { adapt, predict, deps, began, release } = await setUp();
  const before = await deps.store.list("");
  const hurried = { ...LABELLED, headers: { "Content-Type": "application/json", "X-Request-Timeout-Ms": "50" } };
  const working = adapt.request(CALIBRATION, hurried);
  await began;
  const waiting = predict.request("/v1/predict", {
    ...json({ clips: [greyClip(9)] }),
    headers: hurried.headers,
  });
  assertEquals((await problemOf(await waiting)).status, 504);
  release();
  assertEquals((await problemOf(await working)).status, 504);
  assertEquals(await deps.store.list(""), before);
  assertEquals([deps.work.places, deps.work.active], [0, 0]);
});

Deno.test("a body that does not arrive before the deadline is 504, and the server has a deadline of its own", async () => {
  const { predict } = await setUp(64, { requestMs: 40 });
  const headers = { "Content-Type": "application/json" };
  const body = new ReadableStream({});
  assertEquals((await problemOf(await predict.request("/v1/predict", { method: "POST", headers, body }))).status, 504);
});

for (const value of ["0", "-1", "1.5", "120001", "x", ""]) {
  Deno.test(`X-Request-Timeout-Ms of ${JSON.stringify(value)} is 422`, async () => {
    const { predict } = await setUp();
    const request = { ...json({ clips: [] }), headers: { "X-Request-Timeout-Ms": value } };
    const problem = await problemOf(await predict.request("/v1/predict", request));
    assertEquals([problem.status, problem.fields], [422, ["X-Request-Timeout-Ms"]]);
  });
}

Deno.test("a client that leaves ends its work: nothing is stored, and who waits behind goes on", async () => {
  const { adapt, deps, began, release } = await setUp();
  const before = await deps.store.list("");
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => adapt.fetch(request));
  const url = `http://127.0.0.1:${server.addr.port}${CALIBRATION}`;
  const abort = new AbortController();
  const leaving = fetch(url, { ...LABELLED, signal: abort.signal }).catch((error: Error) => error.name);
  await began;
  const waiting = fetch(url.replace("s1", "s2"), { ...LABELLED });
  abort.abort();
  assertEquals(await leaving, "AbortError");
  await new Promise((resolve) => setTimeout(resolve, 100));
  release();
  const answer = await waiting;
  assertEquals([answer.status, (await answer.json()).subject], [201, "s2"]);
  await server.shutdown();
  const stored = (await deps.store.list("")).filter((key) => !before.includes(key));
  assert(stored.length > 0 && stored.every((key) => key.includes("/s2/")), stored.join(" "));
  assertEquals(deps.logged.filter(({ status }) => status === 499).map(({ level }) => level), ["info"]);
});
