import { assert, assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../../functions/train/mod.ts";
import { type ApiKey, combineApps, createKeyring, hashKey } from "../../lib/http/mod.ts";
import { listSubjects, promote, publishModel } from "../../lib/storage/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, json, problemOf, testDeps } from "../_util/http_fixture.ts";
import { modelCard, modelWeights } from "../_util/model_card.ts";

const PRIVATE = { trainSubjects: '["casme/secret-subject"]', data: "secret-data" };

/** The lab has two models and shares one of them; the clinic and the guest have none of their own. */
async function setUp() {
  const entries: ApiKey[] = await Promise.all(["lab", "clinic", "guest"].map(async (tenant) => ({
    sha256: await hashKey(tenant),
    tenant,
    scopes: ["train", "adapt", "predict"],
  })));
  const deps = {
    ...testDeps(),
    newId: () => crypto.randomUUID(),
    keys: createKeyring(entries),
    shared: new Map([["common", "lab"], ["missing", "lab"], ["of-nobody", "nobody"]]),
  };
  const { store } = deps;
  const publish = async (tenant: string, name: string, means: readonly number[]) => {
    const card = modelCard({ name, provenance: PRIVATE });
    const version = await publishModel(store, tenant, name, modelWeights(means), card);
    await promote(store, tenant, name, "stable", version);
    return version;
  };
  const common = await publish("lab", "common", [0, 128, 255]);
  const secret = await publish("lab", "secret", [255, 128, 0]);
  const trainer = () => Promise.resolve({ name: "m", version: "v", metrics: {} });
  const queue = createRunQueue({ ...deps, trainer, workers: 0, dataFolder: null });
  const engine = fakeEngine();
  const predict = createPredictApp({ ...deps, engine, model: "common" });
  const fetch = combineApps([
    checked(createTrainApp({ ...deps, queue, model: "common", dataFolder: null }), deps.api),
    checked(createAdaptApp({ ...deps, engine, model: "common" }), deps.api),
    checked(predict, deps.api),
  ]);
  const ask = (tenant: string, path: string, request: RequestInit = {}) => {
    const headers = { ...(request.headers as Record<string, string>), Authorization: `Bearer ${tenant}` };
    return fetch(new Request(`http://localhost${path}`, { ...request, headers }));
  };
  const contents = async (tenant: string) => {
    const keys = await store.list(`tenants/${tenant}/`);
    return JSON.stringify(await Promise.all(keys.map(async (key) => [key, (await store.get(key))!.toHex()])));
  };
  return { deps, store, publish, common, secret, ask, contents, engine, predict };
}

type World = Awaited<ReturnType<typeof setUp>>;

const INPUT = { name: "clips", datatype: "UINT8", shape: [1, 1, 1, 1, 1], data: [9] };
const LABELLED = [greyClip(60, { label: "positive" })];

/** What the clinic asks for, of a model and a version of the lab. */
const ROUTES: readonly [
  name: string,
  ask: (world: World, model: string, version: string) => Promise<Response>,
  shared: number,
][] = [
  ["read it", ({ ask }, model) => ask("clinic", `/v1/models/${model}`), 200],
  ["predict", ({ ask }, model) => ask("clinic", "/v1/predict", json({ clips: [greyClip(9)], model })), 200],
  [
    "calibrate on it",
    ({ ask }, model) => ask("clinic", "/v1/subjects/anna/calibrations", json({ clips: LABELLED, model })),
    201,
  ],
  [
    "calibrate on the version it believes in",
    ({ ask }, model, modelVersion) =>
      ask("clinic", "/v1/subjects/anna/calibrations", json({ clips: LABELLED, model, modelVersion })),
    201,
  ],
  ["OIP metadata", ({ ask }, model) => ask("clinic", `/v2/models/${model}`), 200],
  ["OIP ready", ({ ask }, model) => ask("clinic", `/v2/models/${model}/ready`), 200],
  ["OIP infer", ({ ask }, model) => ask("clinic", `/v2/models/${model}/infer`, json({ inputs: [INPUT] })), 200],
  ["OIP of a version", ({ ask }, model, version) => ask("clinic", `/v2/models/${model}/versions/${version}`), 200],
  [
    "OIP infer of a version",
    ({ ask }, model, version) =>
      ask("clinic", `/v2/models/${model}/versions/${version}/infer`, json({ inputs: [INPUT] })),
    200,
  ],
  ["an unknown version", ({ ask }, model) => ask("clinic", `/v2/models/${model}/versions/${"0".repeat(16)}`), 404],
  [
    "promote",
    ({ ask }, model, version) => ask("clinic", `/v1/models/${model}/aliases/stable`, json({ version }, "PUT")),
    404,
  ],
  [
    "make an alias",
    ({ ask }, model, version) => ask("clinic", `/v1/models/${model}/aliases/mine`, json({ version }, "PUT")),
    404,
  ],
];

for (const [name, ask, status] of ROUTES) {
  Deno.test(`a tenant that asks to ${name} gets ${status} for a shared model and 404 for all others`, async () => {
    const world = await setUp();
    const before = await world.contents("lab");
    const answer = await ask(world, "common", world.common);
    const text = await answer.text();
    assertEquals(answer.status, status, text);
    assert(!/secret|\blab\b/.test(text), text);
    for (const model of ["secret", "missing", "of-nobody", "unknown", "COMMON"]) {
      assertEquals((await problemOf(await ask(world, model, world.secret))).status, 404, model);
    }
    assertEquals(await world.contents("lab"), before);
  });
}

Deno.test("a shared model is listed as shared by others, as its own by its owner, and the rest is not listed", async () => {
  const { ask, common } = await setUp();
  const list = async (tenant: string) => (await (await ask(tenant, "/v1/models")).json()).models;
  assertEquals(await list("clinic"), [
    { name: "common", versions: [common], aliases: { stable: common }, shared: true },
  ]);
  assertEquals(
    (await list("lab")).map(({ name, shared }: { name: string; shared: boolean }) => [name, shared]),
    [["common", false], ["secret", false]],
  );
  const { versions } = await (await ask("clinic", "/v1/models/common")).json();
  assertEquals(Object.keys(versions[0]).sort(), ["bytes", "classes", "parameters", "recipe", "version"]);
  assertEquals((await (await ask("lab", "/v1/models/common")).json()).versions[0].provenance, PRIVATE);
});

Deno.test("a subject calibrated on a shared base belongs to who calibrated it", async () => {
  const { ask, store, common } = await setUp();
  const calibrated = await ask("clinic", "/v1/subjects/anna/calibrations", json({ clips: LABELLED }));
  assertEquals((await calibrated.json()).model, { name: "common", version: common });
  assertEquals([await listSubjects(store, "clinic"), await listSubjects(store, "lab")], [["anna"], []]);
  const predict = (tenant: string) =>
    ask(tenant, "/v1/predict", json({ clips: [greyClip(60)], subject: "anna", model: "common" }));
  const { predictions, subject } = await (await predict("clinic")).json();
  assertEquals([predictions[0].label, subject.stale], ["positive", false]);
  for (const tenant of ["lab", "guest"]) {
    assertEquals((await predict(tenant)).status, 404);
    assertEquals((await ask(tenant, "/v1/subjects/anna", { method: "DELETE" })).status, 404);
  }
  assertEquals((await ask("clinic", "/v1/subjects/anna", { method: "DELETE" })).status, 204);
  assertEquals((await predict("clinic")).status, 404);
});

Deno.test("what the owner promotes, others answer with, and their subjects become stale", async () => {
  const { ask, publish, common, engine } = await setUp();
  await ask("clinic", "/v1/subjects/anna/calibrations", json({ clips: LABELLED }));
  const version = await publish("lab", "common", [60, 128, 255]);
  const answer = await (await ask("clinic", "/v1/predict", json({ clips: [greyClip(60)] }))).json();
  assertEquals([answer.model.version, answer.predictions[0].label], [version, "negative"]);
  const { model, subject } =
    await (await ask("clinic", "/v1/predict", json({ clips: [greyClip(60)], subject: "anna" }))).json();
  assertEquals([model.version, subject.stale], [common, true]);
  assertEquals((await (await ask("clinic", "/v1/subjects/anna")).json()).stale, true);
  // In memory once, whoever asks.
  const made = engine.made;
  for (const tenant of ["guest", "lab", "clinic"]) await ask(tenant, "/v1/predict", json({ clips: [greyClip(60)] }));
  assertEquals(engine.made, made);
});

Deno.test("an own model hides a shared one of its name, and subjects keep the base they have", async () => {
  const { ask, publish, common } = await setUp();
  await ask("clinic", "/v1/subjects/anna/calibrations", json({ clips: LABELLED }));
  const own = await publish("clinic", "common", [60, 128, 255]);
  const versionOf = async (tenant: string, fields = {}) =>
    (await (await ask(tenant, "/v1/predict", json({ clips: [greyClip(60)], ...fields }))).json()).model.version;
  assertEquals([await versionOf("clinic"), await versionOf("guest"), await versionOf("lab")], [own, common, common]);
  assertEquals(await versionOf("clinic", { subject: "anna" }), common);
  const models = (await (await ask("clinic", "/v1/models")).json()).models;
  assertEquals(models, [{ name: "common", versions: [own], aliases: { stable: own }, shared: false }]);
  // Its own it may promote, the shared version of that name it may not.
  const move = async (version: string) =>
    (await ask("clinic", "/v1/models/common/aliases/stable", json({ version }, "PUT"))).status;
  assertEquals([await move(own), await move(common)], [200, 404]);
});

Deno.test("a server whose tenants have a shared model alone is ready", async () => {
  const { predict } = await setUp();
  assertEquals((await predict.request("/v2/health/ready")).status, 200);
});
