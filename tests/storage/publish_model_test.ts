import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { ModelCard } from "../../lib/inference/mod.ts";
import {
  currentVersion,
  listModels,
  loadModel,
  memoryStore,
  modelCardSchema,
  NotFoundError,
  promote,
  publishModel,
} from "../../lib/storage/mod.ts";
import { modelCard, modelWeights } from "../_util/model_card.ts";

Deno.test("modelCardSchema reads a card from before there was a choice of backbones as one of Conv4", () => {
  const card = modelCard();
  const { backbone: _none, ...config } = card.config;
  assertEquals(modelCardSchema.parse({ ...card, config }).config, card.config);
  const resnet = { ...card, config: { ...card.config, backbone: "resnet" as const } };
  assertEquals(modelCardSchema.parse(resnet).config.backbone, "resnet");
  assertEquals(modelCardSchema.safeParse({ ...card, config: { ...config, backbone: "resnet50" } }).success, false);
});

Deno.test("modelCardSchema accepts exactly a ModelCard", () => {
  // The assignment is the test: it fails to compile when schema and type drift apart.
  const card: ModelCard = modelCardSchema.parse(modelCard());
  assertEquals(card, modelCard());
  const { success, error } = modelCardSchema.safeParse({ ...modelCard(), classes: ["a", "a"] });
  assertEquals([success, error?.issues[0]?.path], [false, ["classes"]]);
});

Deno.test("modelCardSchema takes cards of before and of flow, and refuses flow that cannot be carried out", () => {
  const flow = { method: "farneback", size: 8, scaling: "fixed", range: 1, strainRange: 1 } as const;
  const { recipe } = modelCard();
  const flowing = {
    ...recipe,
    input: "flow",
    channels: 3,
    flow,
    window: "clip",
    missingApex: "motion",
    amplify: 1,
  } as const;
  assertEquals(modelCardSchema.parse(modelCard({ recipe: flowing })).recipe, flowing);
  assertEquals(modelCardSchema.parse(modelCard()).recipe, recipe);
  const { flow: _flow, ...without } = flowing;
  for (
    const wrong of [without, { ...recipe, flow }, { ...flowing, channels: 1 }, { ...flowing, size: 9 }, {
      ...flowing,
      flow: { ...flow, warps: 3 },
    }]
  ) {
    assertEquals(modelCardSchema.safeParse({ ...modelCard(), recipe: wrong }).success, false);
  }
});

Deno.test("publishModel() stores what loadModel() gives back", async () => {
  const store = memoryStore();
  const version = await publishModel(store, "default", "main", modelWeights(), modelCard());
  const loaded = await loadModel(store, "default", "main", { version });
  assertEquals(loaded.weights, modelWeights());
  assertEquals(loaded.version, version);
  const { version: _version, weightsSha256, ...card } = loaded.card;
  assertEquals(card, modelCard());
  assertEquals(weightsSha256.length, 64);
  const prefix = `tenants/default/models/main/${version}`;
  assertEquals(await store.list(""), [`${prefix}/model.json`, `${prefix}/weights.safetensors`]);
});

Deno.test("publishModel() versions what a model computes, not when or how well", async () => {
  const store = memoryStore();
  const publish = (card: ModelCard, weights = modelWeights()) => publishModel(store, "default", "main", weights, card);
  const first = await publish(modelCard());
  assertEquals(await publish(modelCard({ metrics: { accuracy: 1 }, provenance: { createdAt: "later" } })), first);
  assertEquals((await loadModel(store, "default", "main", { version: first })).card.metrics, { accuracy: 0.5 });
  assertNotEquals(await publish(modelCard(), modelWeights([1, 2, 3])), first);
  assertNotEquals(await publish(modelCard({ classes: ["a", "b", "c"] })), first);
  assertNotEquals(await publish(modelCard({ recipe: { ...modelCard().recipe, time: "nearest" } })), first);
});

Deno.test("publishModel() refuses unfit names and cards", async () => {
  const store = memoryStore();
  await assertRejects(() => publishModel(store, "default", "..", {}, modelCard({ name: ".." })), RangeError);
  await assertRejects(() => publishModel(store, "a/b", "main", {}, modelCard()), RangeError, "tenant");
  await assertRejects(() => publishModel(store, "default", "other", {}, modelCard()), RangeError, 'card of "main"');
  await assertRejects(
    () => publishModel(store, "default", "main", {}, modelCard({ metrics: { loss: NaN } })),
    TypeError,
    "metrics.loss",
  );
  assertEquals(await store.list(""), []);
});

Deno.test("promote() points an alias, back too, and loadModel() follows", async () => {
  const store = memoryStore();
  const one = await publishModel(store, "default", "main", modelWeights([1, 2, 3]), modelCard());
  const two = await publishModel(store, "default", "main", modelWeights([4, 5, 6]), modelCard());
  assertEquals(await promote(store, "default", "main", undefined, one), 1);
  assertEquals((await loadModel(store, "default", "main")).version, one);
  assertEquals(await promote(store, "default", "main", "stable", two), 2);
  assertEquals((await loadModel(store, "default", "main")).version, two);
  assertEquals(await promote(store, "default", "main", "stable", one), 3);
  assertEquals((await loadModel(store, "default", "main")).version, one);
  await promote(store, "default", "main", "canary", two);
  assertEquals((await loadModel(store, "default", "main", { alias: "canary" })).version, two);
  assertEquals(await listModels(store, "default"), [
    { name: "main", versions: [one, two].sort(), aliases: { stable: one, canary: two } },
  ]);
  assertEquals(await currentVersion(store, "other", "main"), null);
});

Deno.test("promote() refuses a version that is missing or cannot be served", async () => {
  const store = memoryStore();
  const version = await publishModel(store, "default", "main", modelWeights(), modelCard());
  await assertRejects(() => promote(store, "default", "main", "stable", "0".repeat(16)), NotFoundError);
  await assertRejects(() => promote(store, "default", "main", "stable", "../x"), RangeError, "hexadecimal");
  await assertRejects(() => promote(store, "default", "main", "a/b", version), RangeError, "alias");
  const key = `tenants/default/models/main/${version}/model.json`;
  const text = new TextDecoder().decode((await store.get(key))!);
  await store.put(key, new TextEncoder().encode(text.replace('"tim"', '"optical-flow"')));
  await assertRejects(() => promote(store, "default", "main", "stable", version), SyntaxError, "time");
});

Deno.test("loadModel() says what is missing", async () => {
  const store = memoryStore();
  await assertRejects(() => loadModel(store, "default", "main"), NotFoundError, 'alias "stable"');
  await assertRejects(() => loadModel(store, "default", "main", { version: "0".repeat(16) }), NotFoundError, "version");
});

Deno.test("loadModel() refuses weights that are damaged or gone", async () => {
  const store = memoryStore();
  const version = await publishModel(store, "default", "main", modelWeights(), modelCard());
  const key = `tenants/default/models/main/${version}/weights.safetensors`;
  const bytes = (await store.get(key))!;
  bytes[bytes.length - 1]! ^= 1;
  await store.put(key, bytes);
  await assertRejects(() => loadModel(store, "default", "main", { version }), SyntaxError, "expected SHA-256");
  await store.delete(key);
  await assertRejects(() => loadModel(store, "default", "main", { version }), SyntaxError, "is missing");
});

Deno.test("publishModel() makes another version of another temperature, and refuses one that is none", async () => {
  const store = memoryStore();
  const publish = (temperature?: { base: number; calibrated: number }) =>
    publishModel(store, "default", "main", modelWeights(), modelCard(temperature && { temperature }));
  const versions = [
    await publish(),
    await publish({ base: 2, calibrated: 1 }),
    await publish({ base: 2, calibrated: 3 }),
  ];
  assertEquals(new Set(versions).size, 3);
  const { card } = await loadModel(store, "default", "main", { version: versions[1]! });
  assertEquals(card.temperature, { base: 2, calibrated: 1 });
  for (const wrong of [0, -1, NaN, Infinity]) {
    await assertRejects(() => publish({ base: 1, calibrated: wrong }), TypeError, "temperature.calibrated");
  }
});
