import { assertEquals, assertStringIncludes } from "@std/assert";
import { configSchema } from "../../lib/config/mod.ts";
import { memoryStore } from "../../lib/storage/mod.ts";
import { json, problemOf, publishMain } from "../_util/http_fixture.ts";
import { setUpTrain as setUp } from "./_train.ts";

Deno.test("POST runs answers 202 with Location; the run works, tells its progress and succeeds", async () => {
  const { app, trainer, reached, get } = setUp();
  const response = await app.request("/v1/train/runs?model=faces", json({ outerSteps: 2 }));
  assertEquals([response.status, response.headers.get("Location")], [202, "/v1/train/runs/id-2"]);
  const run = await response.json();
  assertEquals([run.id, run.status, run.model, run.config.outerSteps], ["id-2", "queued", "faces", 2]);
  const begun = await trainer.begun(1);
  assertEquals([begun.options.runId, begun.options.name, begun.options.tenant], ["id-2", "faces", "default"]);
  assertEquals((await get("id-2")).progress.secondsLeft, 3);
  begun.finish();
  const { result, progress, startedAt, finishedAt } = await reached("id-2", "succeeded");
  assertEquals([result.name, result.metrics, progress], ["faces", { accuracy: 0.75 }, null]);
  assertEquals(startedAt < finishedAt, true);
});

Deno.test("POST runs queues: one run works at a time, in order", async () => {
  const { app, trainer, post, get, reached } = setUp();
  const ids = [(await post()).id, (await post()).id, (await post()).id];
  (await trainer.begun(1)).finish();
  await trainer.begun(2);
  assertEquals([(await get(ids[1])).status, (await get(ids[2])).status], ["running", "queued"]);
  trainer.runs[1]!.fail(new Error("the loss is no longer finite"));
  assertEquals((await reached(ids[1], "failed")).error, "the loss is no longer finite");
  (await trainer.begun(3)).finish();
  await reached(ids[2], "succeeded");
  const { runs } = await (await app.request("/v1/train/runs")).json();
  assertEquals(runs.map(({ id }: { id: string }) => id), ids);
});

Deno.test("POST cancel stops a run that works and one that waits, then answers 409", async () => {
  const { app, trainer, post, get } = setUp();
  const [working, waiting] = [(await post()).id, (await post()).id];
  await trainer.begun(1);
  const cancel = (id: string) => app.request(`/v1/train/runs/${id}/cancel`, { method: "POST" });
  assertEquals((await (await cancel(waiting)).json()).status, "cancelled");
  assertEquals((await (await cancel(working)).json()).status, "cancelled");
  assertEquals([trainer.runs.length, (await get(working)).status], [1, "cancelled"]);
  assertEquals((await problemOf(await cancel(working))).status, 409);
  assertEquals((await problemOf(await cancel("nothing"))).status, 404);
});

Deno.test("a run that close() interrupts stays running in the store and resumes in the next process", async () => {
  const store = memoryStore();
  const first = setUp(store);
  const [id, queued] = [(await first.post({ seed: 7 })).id, (await first.post()).id];
  await first.trainer.begun(1);
  await first.queue.close();
  assertEquals([(await first.get(id)).status, (await first.get(queued)).status], ["running", "queued"]);
  const second = setUp(store);
  assertEquals(await second.queue.resume("default"), 2);
  assertEquals(await second.queue.resume("default"), 0);
  const begun = await second.trainer.begun(1);
  assertEquals([begun.options.runId, (begun.config as { seed: number }).seed], [id, 7]);
  begun.finish();
  (await second.trainer.begun(2)).finish();
  await second.reached(queued, "succeeded");
});

Deno.test("GET events streams what was and what comes, and Last-Event-ID resumes", async () => {
  const { app, trainer, post, reached } = setUp();
  const { id } = await post();
  const begun = await trainer.begun(1);
  const live = app.request(`/v1/train/runs/${id}/events`);
  begun.options.onEvent({ type: "checkpoint", step: 1 });
  begun.finish();
  await reached(id, "succeeded");
  const text = await (await live).text();
  const events = [...text.matchAll(/event: (.*)/g)].map(([, name]) => name);
  assertEquals(events, ["state", "state", "step", "checkpoint", "state"]);
  assertStringIncludes(text, '"secondsLeft":3');
  const headers = { "Last-Event-ID": "3" };
  const rest = await (await app.request(`/v1/train/runs/${id}/events`, { headers })).text();
  assertEquals([...rest.matchAll(/id: (.*)/g)].map(([, n]) => n), ["4", "5"]);
});

Deno.test("GET events: clients that hang up disturb neither the run nor each other", async () => {
  const { app, trainer, post, reached } = setUp();
  const { id } = await post();
  const begun = await trainer.begun(1);
  const path = `/v1/train/runs/${id}/events`;
  const staying = app.request(path);
  for (let i = 0; i < 20; i++) {
    const reader = (await app.request(path)).body!.getReader();
    await reader.read();
    await reader.cancel();
  }
  begun.options.onEvent({ type: "checkpoint", step: 1 });
  begun.finish();
  await reached(id, "succeeded");
  assertStringIncludes(await (await staying).text(), "event: checkpoint");
});

Deno.test("GET events of a run of an earlier process sends its state", async () => {
  const store = memoryStore();
  const first = setUp(store);
  const { id } = await first.post();
  (await first.trainer.begun(1)).finish();
  await first.reached(id, "succeeded");
  const text = await (await setUp(store).app.request(`/v1/train/runs/${id}/events`)).text();
  assertStringIncludes(text, '"status":"succeeded"');
});

Deno.test("POST runs resolves names of data sets below the data folder", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/samm.safetensors`, "");
  await Deno.mkdir(`${folder}/faces`);
  await Deno.writeTextFile(`${folder}/faces/manifest.csv`, "");
  const { trainer, post, get } = setUp(memoryStore(), folder);
  const run = await post({ data: "samm.safetensors", macro: "faces" });
  const begun = await trainer.begun(1);
  const config = begun.config as { data: string; macro: string };
  assertEquals([config.data, config.macro], [`${folder}/samm.safetensors`, `${folder}/faces/manifest.csv`]);
  assertEquals((await get(run.id)).config.data, "samm.safetensors");
  begun.finish();
  await Deno.remove(folder, { recursive: true });
});

const BAD: readonly [why: string, path: string, request: RequestInit, status: number, field: string | null][] = [
  ["malformed JSON", "", { ...json({}), body: "{" }, 400, null],
  ["another media type", "", { ...json({}), headers: {} }, 415, null],
  ["an unknown field", "", json({ outersteps: 3 }), 422, "outersteps"],
  ["a wrong value", "", json({ innerSteps: 99 }), 422, "innerSteps"],
  ["a wrong nested value", "", json({ synthetic: { rho: 2 } }), 422, "synthetic.rho"],
  ["more outer steps than a server takes on", "", json({ outerSteps: 1e15 }), 422, "outerSteps"],
  ["frames of a size that no memory holds", "", json({ size: 1e6 }), 422, "size"],
  ["channels that no memory holds", "", json({ channels: 1e9 }), 422, "channels"],
  ["shots that no data set has", "", json({ shots: 1e9 }), 422, "shots"],
  ["subjects that nobody renders", "", json({ synthetic: { holdoutSubjects: 1e9 } }), 422, "synthetic.holdoutSubjects"],
  [
    "a key that reaches for the prototype",
    "",
    { ...json({}), body: '{"__proto__":{"outerSteps":3}}' },
    422,
    "__proto__",
  ],
  ["a key twice", "", { ...json({}), body: '{"outerSteps":3,"outerSteps":4}' }, 400, null],
  ["a deep body", "", { ...json({}), body: `{"data":${"[".repeat(5e5)}${"]".repeat(5e5)}}` }, 413, null],
  ["a path as data", "", json({ data: "../secret/manifest.csv" }), 422, "data"],
  ["an absolute path as data", "", json({ data: "/etc/passwd" }), 422, "data"],
  ["a URL as macro", "", json({ macro: "https://example.org/x" }), 422, "macro"],
  ["a data set that is not there", "", json({ data: "samm" }), 422, "data"],
  ["an unfit model name", "?model=..%2Fx", json({}), 422, "model"],
];

for (const [why, query, request, status, field] of BAD) {
  Deno.test(`POST runs answers ${status} to ${why} and stores nothing`, async () => {
    const { app, deps, trainer } = setUp();
    const problem = await problemOf(await app.request(`/v1/train/runs${query}`, request));
    assertEquals([problem.status, problem.fields[0] ?? null], [status, field]);
    assertEquals([await deps.store.list(""), trainer.runs.length], [[], 0]);
  });
}

Deno.test("GET run answers 404 to an unknown id and 422 to an unfit one", async () => {
  const { app } = setUp();
  assertEquals((await problemOf(await app.request("/v1/train/runs/none"))).status, 404);
  assertEquals((await problemOf(await app.request("/v1/train/runs/..%2Fx"))).status, 422);
});

Deno.test("GET models lists versions and aliases; GET model shows its cards; 404 otherwise", async () => {
  const { app, deps } = setUp();
  const version = await publishMain(deps.store);
  const { models } = await (await app.request("/v1/models")).json();
  assertEquals(models, [{ name: "main", versions: [version], aliases: { stable: version }, shared: false }]);
  const model = await (await app.request("/v1/models/main")).json();
  assertEquals([model.versions[0].version, model.versions[0].classes.length], [version, 3]);
  assertEquals((await problemOf(await app.request("/v1/models/other"))).status, 404);
});

Deno.test("PUT alias promotes and rolls back; a version that is missing or unfit is refused", async () => {
  const { app, deps } = setUp();
  const one = await publishMain(deps.store, [1, 2, 3]);
  const two = await publishMain(deps.store, [4, 5, 6]);
  const put = (body: unknown) => app.request("/v1/models/main/aliases/stable", json(body, "PUT"));
  const response = await put({ version: one });
  assertEquals([response.status, await response.json()], [200, { name: "main", alias: "stable", version: one }]);
  assertEquals((await (await app.request("/v1/models/main")).json()).aliases, { stable: one });
  assertEquals((await put({ version: two })).status, 200);
  assertEquals((await problemOf(await put({ version: "0".repeat(16) }))).status, 404);
  assertEquals((await problemOf(await put({ version: "latest" }))).fields, ["version"]);
  assertEquals((await problemOf(await put({}))).fields, ["version"]);
});

Deno.test("PUT alias refuses a recipe that cannot be served", async () => {
  const { app, deps } = setUp();
  const version = await publishMain(deps.store);
  const key = `tenants/default/models/main/${version}/model.json`;
  const text = new TextDecoder().decode((await deps.store.get(key))!);
  const recipe = text.replaceAll('"difference"', '"frames"').replaceAll('"input": "frames"', '"input": "flow"');
  await deps.store.put(key, new TextEncoder().encode(recipe));
  const problem = await problemOf(await app.request("/v1/models/main/aliases/stable", json({ version }, "PUT")));
  assertEquals(problem.status, 422);
  assertStringIncludes(problem.detail, "input");
});

Deno.test("the schema of a run's body is the configuration's: its defaults are stored", async () => {
  const { post, trainer } = setUp();
  assertEquals((await post()).config, JSON.parse(JSON.stringify(configSchema.parse({}))));
  (await trainer.begun(1)).finish();
});
