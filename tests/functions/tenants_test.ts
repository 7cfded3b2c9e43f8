import { assert, assertEquals } from "@std/assert";
import { createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp } from "../../functions/predict/mod.ts";
import { createRunQueue, createTrainApp } from "../../functions/train/mod.ts";
import { type ApiKey, combineApps, createKeyring, hashKey } from "../../lib/http/mod.ts";
import { promote, publishModel } from "../../lib/storage/mod.ts";
import { checked } from "../_util/checked.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { greyClip, json, problemOf, testDeps } from "../_util/http_fixture.ts";
import { modelCard, modelWeights } from "../_util/model_card.ts";
import { manualTrainer } from "./_train.ts";

const SCOPES = ["train", "adapt", "predict"] as const;

/** Two tenants, each with a model of its own name and means; the first has a subject and a run too. */
async function setUp() {
  const entries: ApiKey[] = [];
  for (const tenant of ["ours", "theirs"]) {
    entries.push({ sha256: await hashKey(`${tenant}-all`), tenant, scopes: [...SCOPES] });
    for (const scope of SCOPES) {
      entries.push({ sha256: await hashKey(`${tenant}-${scope}`), tenant, scopes: [scope] });
    }
  }
  const deps = { ...testDeps(), newId: () => crypto.randomUUID(), keys: createKeyring(entries) };
  const { store } = deps;
  const versions: string[] = [];
  for (const [tenant, means] of [["ours", [0, 128, 255]], ["theirs", [1, 129, 254]]] as const) {
    const name = `model-of-${tenant}`;
    versions.push(await publishModel(store, tenant, name, modelWeights(means), modelCard({ name })));
    await promote(store, tenant, name, "stable", versions.at(-1)!);
  }
  const trainer = manualTrainer();
  const queue = createRunQueue({ ...deps, trainer: trainer.train, workers: 0, dataFolder: null });
  const engine = fakeEngine();
  const model = "model-of-ours";
  const apps = [
    checked(createTrainApp({ ...deps, queue, model, dataFolder: null }), deps.api),
    checked(createAdaptApp({ ...deps, engine, model }), deps.api),
    checked(createPredictApp({ ...deps, engine, model }), deps.api),
  ];
  const fetch = combineApps(apps);
  const ask = (key: string | null, path: string, request: RequestInit = {}) => {
    const headers = { ...(request.headers as Record<string, string>), ...(key && { Authorization: `Bearer ${key}` }) };
    return fetch(new Request(`http://localhost${path}`, { ...request, headers }));
  };
  const made = await ask(
    "ours-all",
    "/v1/subjects/anna/calibrations",
    json({ clips: [greyClip(9, { label: "positive" })] }),
  );
  assertEquals(made.status, 201, await made.text());
  const { id: run } = await (await ask("ours-all", "/v1/train/runs", json({}))).json();
  await trainer.begun(1);
  return { apps, ask, run, versions, store, close: () => queue.close() };
}

type World = Awaited<ReturnType<typeof setUp>>;

/** What a route is asked with, about things of the tenant "ours", and what another tenant must get. */
interface Case {
  path(world: World): string;
  request?(world: World): RequestInit;
  /** 404 where the request names something; a list without anything of ours; or the other tenant's own thing. */
  readonly foreign: number;
  /** 2xx for the owner; the run's routes change it, so they come last. */
  readonly own: number;
}

const clips = [greyClip(9)];
const input = { name: "clips", datatype: "UINT8", shape: [1, 1, 1, 1, 1], data: [9] };

/** The routes of the Open Inference Protocol for a model, or a version of it. */
function openInference(pattern: string, part: (world: World) => string): Record<string, Case> {
  const path = (end: string) => (world: World) => `/v2/models/model-of-ours${part(world)}${end}`;
  return {
    [`GET /v2/models/:model${pattern}`]: { path: path(""), foreign: 404, own: 200 },
    [`GET /v2/models/:model${pattern}/ready`]: { path: path("/ready"), foreign: 404, own: 200 },
    [`POST /v2/models/:model${pattern}/infer`]: {
      path: path("/infer"),
      request: () => json({ inputs: [input], parameters: { subject: "anna" } }),
      ...{ foreign: 404, own: 200 },
    },
  };
}

const CASES: Readonly<Record<string, Case>> = {
  "GET /v1/models": { path: () => "/v1/models", foreign: 200, own: 200 },
  "GET /v1/models/:name": { path: () => "/v1/models/model-of-ours", foreign: 404, own: 200 },
  "PUT /v1/models/:name/aliases/:alias": {
    path: () => "/v1/models/model-of-ours/aliases/stable",
    request: ({ versions }) => json({ version: versions[0] }, "PUT"),
    ...{ foreign: 404, own: 200 },
  },
  "GET /v1/subjects": { path: () => "/v1/subjects", foreign: 200, own: 200 },
  "GET /v1/subjects/:subject": { path: () => "/v1/subjects/anna", foreign: 404, own: 200 },
  "POST /v1/subjects/:subject/calibrations": {
    path: () => "/v1/subjects/anna/calibrations",
    request: () => json({ clips: [greyClip(9, { label: "positive" })], model: "model-of-ours" }),
    ...{ foreign: 404, own: 201 },
  },
  "POST /v1/predict": {
    path: () => "/v1/predict",
    request: () => json({ clips, subject: "anna" }),
    ...{ foreign: 404, own: 200 },
  },
  "GET /v2": { path: () => "/v2", foreign: 200, own: 200 },
  ...openInference("", () => ""),
  ...openInference("/versions/:version", ({ versions }) => `/versions/${versions[0]}`),
  "GET /v1/train/runs": { path: () => "/v1/train/runs", foreign: 200, own: 200 },
  "POST /v1/train/runs": { path: () => "/v1/train/runs?model=new", request: () => json({}), foreign: 202, own: 202 },
  "GET /v1/train/runs/:id": { path: ({ run }) => `/v1/train/runs/${run}`, foreign: 404, own: 200 },
  "POST /v1/train/runs/:id/cancel": {
    path: ({ run }) => `/v1/train/runs/${run}/cancel`,
    request: () => ({ method: "POST" }),
    ...{ foreign: 404, own: 200 },
  },
  "GET /v1/train/runs/:id/events": { path: ({ run }) => `/v1/train/runs/${run}/events`, foreign: 404, own: 200 },
  "DELETE /v1/subjects/:subject": {
    path: () => "/v1/subjects/anna",
    request: () => ({ method: "DELETE" }),
    ...{ foreign: 404, own: 204 },
  },
};

/** Routes that speak of no tenant. */
const SHARED = ["/docs", "/openapi.json", "/metrics", "/v2/health/live", "/v2/health/ready"];

/** Everything below the tenant's folder, to see that nothing changed. */
async function contents({ store }: World, tenant: string): Promise<string> {
  const keys = await store.list(`tenants/${tenant}/`);
  const bytes = await Promise.all(keys.map(async (key) => [key, (await store.get(key))!.toHex()]));
  return JSON.stringify(bytes);
}

Deno.test("every route has a case here, so that none lets one tenant see another unnoticed", async () => {
  const world = await setUp();
  const routes = world.apps.flatMap((app) => app.routes).filter(({ method }) => method !== "ALL");
  const named = routes.filter(({ path }) => !SHARED.includes(path)).map(({ method, path }) => `${method} ${path}`);
  assertEquals([...new Set(named)].sort(), Object.keys(CASES).sort());
  await world.close();
});

Deno.test("on every route another tenant gets 404 or its own, and changes nothing; no key is 401, another scope 403", async () => {
  const world = await setUp();
  const scopes = new Map(world.apps.flatMap((app, i) => app.routes.map((r) => [`${r.method} ${r.path}`, SCOPES[i]!])));
  for (const [name, { path, request, foreign, own }] of Object.entries(CASES)) {
    const before = await contents(world, "ours");
    const ask = (key: string | null) => world.ask(key, path(world), { method: "GET", ...request?.(world) });
    const theirs = await ask("theirs-all");
    assertEquals(theirs.status, foreign, name);
    const text = await theirs.text();
    // A 404 may repeat what the client itself sent.
    const sent = `${path(world)} ${request?.(world).body}`;
    for (const secret of ["model-of-ours", "anna", world.run, world.versions[0]!]) {
      assert(sent.includes(secret) || !text.includes(secret), `${name} tells ${secret}: ${text}`);
    }
    assertEquals((await problemOf(await ask(null))).status, 401, name);
    for (const scope of SCOPES.filter((scope) => scope !== scopes.get(name))) {
      assertEquals((await problemOf(await ask(`ours-${scope}`))).status, 403, `${name} with ${scope}`);
    }
    assertEquals(await contents(world, "ours"), before, name);
    // The owner, with the one scope alone, gets an answer: the cases above failed for the right reason.
    const answer = await ask(`ours-${scopes.get(name)}`);
    assertEquals(answer.status, own, name);
    await answer.body?.cancel();
  }
  await world.close();
});

Deno.test("two tenants may use the same names: each sees, changes and deletes its own", async () => {
  const world = await setUp();
  const { ask } = world;
  const calibrate = (tenant: string, value: number) =>
    ask(
      `${tenant}-all`,
      "/v1/subjects/anna/calibrations",
      json({
        ...{ clips: [greyClip(value, { label: "positive" })], model: `model-of-${tenant}` },
      }),
    );
  const [ours, theirs] = [await (await calibrate("ours", 60)).json(), await (await calibrate("theirs", 200)).json()];
  const versionOf = async (tenant: string) => (await (await ask(`${tenant}-all`, "/v1/subjects/anna")).json()).version;
  assertEquals([await versionOf("ours"), await versionOf("theirs")], [ours.version, theirs.version]);
  const label = async (tenant: string) => {
    const answer = await ask(`${tenant}-all`, "/v1/predict", json({ clips: [greyClip(200)], subject: "anna" }));
    return (await answer.json()).predictions[0].label;
  };
  assertEquals([await label("ours"), await label("theirs")], ["surprise", "positive"]);
  assertEquals((await ask("theirs-all", "/v1/subjects/anna", { method: "DELETE" })).status, 204);
  assertEquals([await versionOf("ours"), await versionOf("theirs")], [ours.version, undefined]);
  assertEquals((await ask("theirs-all", "/v1/predict", json({ clips, subject: "anna" }))).status, 404);
  await world.close();
});

Deno.test("with keys a server is ready as soon as one tenant of theirs has the model", async () => {
  const { ask, close } = await setUp();
  assertEquals((await ask(null, "/v2/health/ready")).status, 200);
  await close();
});
