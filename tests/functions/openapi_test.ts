import { assert, assertEquals, assertMatch } from "@std/assert";
import { ADAPT_ROUTES, createAdaptApp } from "../../functions/adapt/mod.ts";
import { createPredictApp, PREDICT_ROUTES } from "../../functions/predict/mod.ts";
import { createRunQueue, createTrainApp, TRAIN_ROUTES } from "../../functions/train/mod.ts";
import { combineApps, createKeyring, hashKey, openapiDocument } from "../../lib/http/mod.ts";
import { fakeEngine } from "../_util/fake_engine.ts";
import { testDeps } from "../_util/http_fixture.ts";
import { manualTrainer } from "./_train.ts";

type Json = Record<string, unknown>;

function setUp() {
  const make = () => ({ ...testDeps(), engine: fakeEngine(), model: "main", dataFolder: null });
  const queueOf = (deps: ReturnType<typeof make>) =>
    createRunQueue({ ...deps, trainer: manualTrainer().train, workers: 0 });
  const makers = [
    (deps: ReturnType<typeof make>) => createTrainApp({ ...deps, queue: queueOf(deps) }),
    (deps: ReturnType<typeof make>) => createAdaptApp(deps),
    (deps: ReturnType<typeof make>) => createPredictApp(deps),
  ];
  const shared = make();
  const together = makers.map((maker) => maker(shared));
  return { alone: makers.map((maker) => maker(make())), together, fetch: combineApps(together) };
}

/** Every value in a tree. */
function* walk(value: unknown): Generator<Json> {
  if (typeof value !== "object" || value === null) return;
  yield value as Json;
  for (const child of Object.values(value)) yield* walk(child);
}

const operations = (document: { paths: Record<string, Json> }) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`)
  ).sort();

Deno.test("/openapi.json has exactly the routes of the function, and behind one port those of all", async () => {
  const { alone, together, fetch } = setUp();
  const routesOf = (apps: typeof alone) => {
    const routes = apps.flatMap((app) => app.routes).filter(({ method }) => method !== "ALL");
    return [...new Set(routes.map(({ method, path }) => `${method} ${path}`))].sort();
  };
  for (const app of alone) {
    const response = await app.request("/openapi.json");
    assertEquals(operations(await response.json()), routesOf([app]));
  }
  const all = await (await fetch(new Request("http://localhost/openapi.json"))).json();
  assertEquals(operations(all), routesOf(together));
});

Deno.test("/openapi.json is OpenAPI 3.1: references lead somewhere, names are unique, each answer is described", async () => {
  const { fetch } = setUp();
  const document = await (await fetch(new Request("http://localhost/openapi.json"))).json();
  assertMatch(document.openapi, /^3\.1\.\d+$/);
  assert(document.info.title && document.info.version);
  const ids: string[] = [];
  for (const [path, methods] of Object.entries<Record<string, Json>>(document.paths)) {
    for (const operation of Object.values(methods)) {
      ids.push(operation.operationId as string);
      const declared = (operation.parameters as Json[]).filter((p) => p.in === "path").map((p) => p.name);
      assertEquals(declared, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      for (const answer of Object.values(operation.responses as Json)) assert((answer as Json).description);
    }
  }
  assertEquals(new Set(ids).size, ids.length);
  for (const node of walk(document)) {
    if (typeof node.$ref !== "string") continue;
    const name = /^#\/components\/schemas\/(\w+)$/.exec(node.$ref)?.[1];
    assert(name !== undefined && name in document.components.schemas, node.$ref);
  }
  for (const name of ["Problem", "Calibration", "Subject", "Predictions", "Run", "Model"]) {
    assert(name in document.components.schemas, name);
  }
});

Deno.test("/openapi.json asks for the key where the server does", async () => {
  const routes = [...TRAIN_ROUTES, ...ADAPT_ROUTES, ...PREDICT_ROUTES];
  const secured = (document: ReturnType<typeof openapiDocument>) =>
    Object.values(document.paths).flatMap((methods) => Object.values(methods)).filter((op) => op.security).length;
  assertEquals([secured(openapiDocument(routes)), secured(openapiDocument(routes, { keyed: true }))], [
    0,
    routes.length,
  ]);
  const keys = createKeyring([{ sha256: await hashKey("k"), tenant: "a", scopes: ["adapt"] }]);
  const app = createAdaptApp({ ...testDeps(), keys, engine: fakeEngine(), model: "main" });
  const document = await (await app.request("/openapi.json", {}, { peer: "127.0.0.1" })).json();
  assertEquals([document.paths["/v2/health/live"].get.security, document.paths["/v1/subjects"].get.security], [
    undefined,
    [{ key: [] }],
  ]);
  assertEquals((await app.request("/docs", {}, { peer: "10.0.0.1" })).status, 401);
});

Deno.test("/docs shows every route and schema, and loads nothing", async () => {
  const { fetch } = setUp();
  const document = await (await fetch(new Request("http://localhost/openapi.json"))).json();
  const response = await fetch(new Request("http://localhost/docs"));
  assertMatch(response.headers.get("Content-Type")!, /^text\/html/);
  assertMatch(response.headers.get("Content-Security-Policy")!, /^default-src 'none'; style-src 'unsafe-inline';/);
  const page = await response.text();
  for (const [path, methods] of Object.entries<Record<string, Json>>(document.paths)) {
    assert(page.includes(`<code>${path}</code>`), path);
    for (const { operationId } of Object.values(methods)) assert(page.includes(`<section id="${operationId}">`));
  }
  assertEquals(/<script|<link|<img|src=|url\(|@import|https?:\/\//i.test(page), false);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
  assert(targets.length > 20);
  for (const id of targets) assert(page.includes(`id="${id}"`), id);
});
