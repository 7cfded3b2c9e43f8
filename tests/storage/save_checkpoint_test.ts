import { assertEquals, assertRejects } from "@std/assert";
import { latestCheckpoint, memoryStore, type ObjectStore, saveCheckpoint } from "../../lib/storage/mod.ts";
import { modelWeights } from "../_util/model_card.ts";

const PREFIX = "tenants/default/runs/r1/checkpoints";

async function save(store: ObjectStore, step: number, keep = 3): Promise<void> {
  await saveCheckpoint(store, "default", "r1", step, { tensors: modelWeights([step]), meta: { step } }, keep);
}

async function objects(store: ObjectStore): Promise<string[]> {
  return (await store.list(`${PREFIX}/`)).filter((key) => key.endsWith(".safetensors"));
}

Deno.test("saveCheckpoint() saves what latestCheckpoint() gives back", async () => {
  const store = memoryStore();
  assertEquals(await latestCheckpoint(store, "default", "r1"), null);
  await save(store, 10);
  await save(store, 20);
  const checkpoint = await latestCheckpoint(store, "default", "r1");
  assertEquals(checkpoint, { step: 20, tensors: modelWeights([20]), meta: { step: 20 }, damaged: [] });
});

Deno.test("saveCheckpoint() keeps the order of meta's names: who compares texts may resume", async () => {
  const store = memoryStore();
  const meta = { z: 1, a: { y: 2, b: 3 } };
  await saveCheckpoint(store, "default", "r1", 1, { tensors: {}, meta });
  assertEquals(JSON.stringify((await latestCheckpoint(store, "default", "r1"))?.meta), JSON.stringify(meta));
});

Deno.test("saveCheckpoint() keeps the last N", async () => {
  const store = memoryStore();
  for (const step of [1, 2, 3, 4, 5]) await save(store, step, 2);
  assertEquals((await objects(store)).map((key) => key.slice(PREFIX.length + 1, PREFIX.length + 9)), [
    "00000004",
    "00000005",
  ]);
  assertEquals(await store.list(`${PREFIX}/manifest/`), [
    `${PREFIX}/manifest/000004.json`,
    `${PREFIX}/manifest/000005.json`,
  ]);
});

Deno.test("latestCheckpoint() falls back to the one before a damaged newest, and says so", async () => {
  const store = memoryStore();
  await save(store, 1);
  await save(store, 2);
  const newest = (await objects(store)).at(-1)!;
  await store.put(newest, (await store.get(newest))!.slice(0, -1));
  const checkpoint = await latestCheckpoint(store, "default", "r1");
  assertEquals([checkpoint?.step, checkpoint?.damaged.length], [1, 1]);
  assertEquals(checkpoint?.damaged[0]?.includes(newest), true);
  await store.put(`${PREFIX}/manifest/000002.json`, new TextEncoder().encode("{"));
  assertEquals((await latestCheckpoint(store, "default", "r1"))?.step, 1);
});

Deno.test("latestCheckpoint() throws when every checkpoint is damaged rather than start anew in silence", async () => {
  const store = memoryStore();
  await save(store, 1);
  for (const key of await objects(store)) await store.delete(key);
  await assertRejects(() => latestCheckpoint(store, "default", "r1"), SyntaxError, "every checkpoint is damaged");
});

Deno.test("saveCheckpoint() that is cut off after its object changes nothing, and the next removes the orphan", async () => {
  const store = memoryStore();
  await save(store, 1);
  const broken = { ...store, putIfAbsent: () => Promise.reject(new Error("crash")) };
  await assertRejects(() => save(broken, 2), Error, "crash");
  assertEquals((await latestCheckpoint(store, "default", "r1"))?.step, 1);
  await save(store, 3);
  assertEquals((await objects(store)).length, 2);
});

Deno.test("saveCheckpoint() of the same state at the same step again is harmless", async () => {
  const store = memoryStore();
  await save(store, 1, 1);
  await save(store, 1, 1);
  assertEquals((await latestCheckpoint(store, "default", "r1"))?.step, 1);
});

Deno.test("saveCheckpoint() refuses a bad step, keep or run id", async () => {
  const store = memoryStore();
  await assertRejects(() => save(store, -1), RangeError, "a step of 0 or more");
  await assertRejects(() => save(store, 1, 0), RangeError, "keep 1 or more");
  await assertRejects(() => saveCheckpoint(store, "default", "../r", 1, { tensors: {}, meta: null }), RangeError);
});
