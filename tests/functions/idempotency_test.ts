import { assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createReplays } from "../../functions/adapt/_replays.ts";
import { deleteSubject } from "../../lib/storage/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, greyPng, json, problemOf, publishMain, safetensors, testDeps } from "../_util/http_fixture.ts";

async function setUp() {
  const deps = testDeps();
  await publishMain(deps.store);
  const engine = fakeEngine();
  let calibrations = 0;
  const calibrate: typeof engine.calibrate = (...args) => {
    calibrations++;
    return engine.calibrate(...args);
  };
  const app = checked(createAdaptApp({ ...deps, model: "main", engine: { ...engine, calibrate } }), deps.api);
  const ask = (request: RequestInit, key?: string, subject = "s1") => {
    const headers = new Headers(request.headers);
    if (key !== undefined) headers.set("Idempotency-Key", key);
    return app.request(`/v1/subjects/${subject}/calibrations`, { ...request, headers });
  };
  return { deps, app, ask, made: () => calibrations };
}

const clips = (value: number, more = {}) => json({ clips: [greyClip(value, { label: "positive" })], ...more });
const replayed = (response: Response) => response.headers.get("Idempotency-Replayed") === "true";

Deno.test("the same key and content get the first answer again, though other calibrations came between", async () => {
  const { ask, made, app } = await setUp();
  const first = await ask(clips(60), "a");
  const between = await (await ask(clips(90))).json();
  const again = await ask(clips(60), "a");
  assertEquals([first.status, again.status, replayed(first), replayed(again), made()], [201, 201, false, true, 2]);
  assertEquals([await again.json(), again.headers.get("Location")], [await first.json(), "/v1/subjects/s1"]);
  assertEquals((await (await app.request("/v1/subjects/s1")).json()).version, between.version);
});

Deno.test("a repetition is answered as before also when the model has moved on", async () => {
  const { ask, deps, made } = await setUp();
  const { model } = await (await ask(clips(60), "a")).json();
  const request = clips(60, { modelVersion: model.version });
  assertEquals((await ask(request, "b")).status, 201);
  await publishMain(deps.store, [1, 2, 3]);
  assertEquals([(await ask(request, "b")).status, (await ask(request, "c")).status, made()], [201, 409, 2]);
});

Deno.test("the same request at once works once", async () => {
  const { ask, made } = await setUp();
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(clips(60), "a")));
  assertEquals([answers.filter(replayed).length, made()], [4, 1]);
  assertEquals(new Set(await Promise.all(answers.map((answer) => answer.text()))).size, 1);
});

Deno.test("a key belongs to a subject, is 422 for other content, and is free after an error", async () => {
  const { ask, made } = await setUp();
  assertEquals((await ask(clips(60, { hello: 1 }), "a")).status, 422);
  assertEquals(replayed(await ask(clips(60), "a")), false);
  const problem = await problemOf(await ask(clips(61), "a"));
  assertEquals([problem.status, problem.fields], [422, ["Idempotency-Key"]]);
  assertEquals([replayed(await ask(clips(60), "a", "s2")), made()], [false, 2]);
});

Deno.test("forms with other boundaries and orders are the same content, and safetensors have keys too", async () => {
  const { ask, made } = await setUp();
  const form = (names: string[], value = 60): RequestInit => {
    const body = new FormData();
    body.append("meta", JSON.stringify({ clips: [{ frames: ["x", "y"], label: "positive" }] }));
    for (const name of names) body.append(name, new Blob([Uint8Array.fromBase64(greyPng(value))]));
    return { method: "POST", headers: new Response(body).headers, body };
  };
  // A Response made from a form and the request made from it have boundaries of their own.
  const plain = ({ headers: _, ...rest }: RequestInit) => rest;
  await ask(plain(form(["x", "y"])), "a");
  assertEquals([replayed(await ask(plain(form(["y", "x"])), "a")), made()], [true, 1]);
  assertEquals((await ask(plain(form(["x", "y"], 61)), "a")).status, 422);
  const tensors = () => safetensors([60], { labels: '["positive"]' });
  await ask(tensors(), "b");
  assertEquals([replayed(await ask(tensors(), "b")), made()], [true, 2]);
});

Deno.test("a deletion, here or by another process, ends what was remembered of the subject", async () => {
  const { ask, app, deps, made } = await setUp();
  await ask(clips(60), "a");
  await app.request("/v1/subjects/s1", { method: "DELETE" });
  assertEquals([replayed(await ask(clips(60), "a")), made()], [false, 2]);
  await deleteSubject(deps.store, "default", "s1");
  assertEquals([replayed(await ask(clips(60), "a")), made()], [false, 3]);
});

for (const key of ["", "a b", "ä", "x".repeat(129)]) {
  Deno.test(`an Idempotency-Key of ${JSON.stringify(key.slice(0, 9))} is 422`, async () => {
    const { ask } = await setUp();
    const problem = await problemOf(await ask(clips(60), key));
    assertEquals([problem.status, problem.fields], [422, ["Idempotency-Key"]]);
  });
}

Deno.test("createReplays() forgets after a day, and the oldest beyond a thousand", async () => {
  let time = 0;
  const replays = createReplays({ now: () => time });
  for (let i = 0; i <= 1000; i++) await replays.remember("s", `${i}`, "d", `v${i}`);
  assertEquals([await replays.find("s", "0", "d"), await replays.find("s", "1", "d")], [null, { version: "v1" }]);
  assertEquals(await replays.find("s", "1", "other content"), "other");
  time = 86_400_000;
  assertEquals(await replays.find("s", "2", "d"), { version: "v2" });
  time++;
  assertEquals(await replays.find("s", "2", "d"), null);
});

Deno.test("createReplays() forgets a subject's requests, and no other's of a name that begins alike", async () => {
  const replays = createReplays({ now: () => 0 });
  for (const subject of ["t/s", "t/s2", "t2/s"]) await replays.remember(subject, "k", "d", "v");
  await replays.forget("t/s");
  assertEquals(await replays.find("t/s", "k", "d"), null);
  for (const subject of ["t/s2", "t2/s"]) assertEquals(await replays.find(subject, "k", "d"), { version: "v" });
});
