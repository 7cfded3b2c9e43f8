import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createRandom } from "../../lib/random/mod.ts";
import {
  appendManifest,
  ConflictError,
  currentVersion,
  deleteSubject,
  latestCheckpoint,
  listModels,
  listSubjects,
  loadModel,
  loadSubject,
  NotFoundError,
  type ObjectStore,
  promote,
  publishModel,
  s3Store,
  saveCheckpoint,
  saveSubject,
} from "../../lib/storage/mod.ts";
import { modelCard, modelWeights } from "../_util/model_card.ts";
import { needs } from "../_util/needs.ts";
import { type S3Server, s3Server } from "../_util/s3_server.ts";
import { lossyLine } from "./_util/lossy_line.ts";
import { SUBJECT_META } from "./_util/subject_meta.ts";

const found = await s3Server();

function test(name: string, body: (server: S3Server, bucket: string) => Promise<void>) {
  Deno.test({
    ...needs(typeof found !== "string", String(found), `a real S3 server ${name}`),
    async fn() {
      const server = found as S3Server;
      await body(server, await server.makeBucket());
    },
  });
}

/** Numbered manifests below a prefix in their order, as a reader finds them. */
async function history(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys = await store.list(`${prefix}/`);
  return await Promise.all(
    keys.map(async (key) => JSON.parse(new TextDecoder().decode((await store.get(key))!)).version as string),
  );
}

test("takes a model's whole life: publish, promote, roll back, list", async (server, bucket) => {
  const store = server.store(bucket, "life");
  const one = await publishModel(store, "default", "main", modelWeights([1, 2, 3]), modelCard());
  const two = await publishModel(store, "default", "main", modelWeights([4, 5, 6]), modelCard());
  assertEquals(await publishModel(store, "default", "main", modelWeights([1, 2, 3]), modelCard()), one);
  for (const [i, version] of [one, two, one].entries()) {
    assertEquals(await promote(store, "default", "main", "stable", version), i + 1);
    assertEquals((await loadModel(store, "default", "main")).version, version);
  }
  assertEquals((await loadModel(store, "default", "main", { version: two })).weights, modelWeights([4, 5, 6]));
  assertEquals(await listModels(store, "default"), [
    { name: "main", versions: [one, two].sort(), aliases: { stable: one } },
  ]);
  await assertRejects(() => appendManifest(store, "m", {}, { expected: 3 }), ConflictError);
});

test("lets 20 racing promotions lose nothing, in one order that everyone sees", async (server, bucket) => {
  const stores = Array.from({ length: 20 }, () => server.store(bucket));
  const first = stores[0]!;
  const versions = await Promise.all(
    stores.map((store, i) => publishModel(store, "default", "main", modelWeights([i, i, i]), modelCard())),
  );
  assertEquals(new Set(versions).size, 20);
  const numbers = await Promise.all(
    stores.map((store, i) => promote(store, "default", "main", "stable", versions[i]!)),
  );
  assertEquals([...numbers].sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1));
  const order: string[] = [];
  numbers.forEach((number, i) => order[number - 1] = versions[i]!);
  const seen = await Promise.all(
    stores.map((store) => history(store, "tenants/default/models/main/aliases/stable")),
  );
  for (const one of seen) assertEquals(one, order);
  assertEquals(await currentVersion(first, "default", "main"), order.at(-1)!);
});

test("lets 20 racing promotions of ONE version each have a number of its own", async (server, bucket) => {
  const stores = Array.from({ length: 20 }, () => server.store(bucket));
  const version = await publishModel(stores[0]!, "default", "main", modelWeights(), modelCard());
  const numbers = await Promise.all(stores.map((store) => promote(store, "default", "main", "stable", version)));
  assertEquals([...numbers].sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1));
});

test("loses and doubles none of 20 racing promotions when every fourth answer is lost", async (server, bucket) => {
  const random = createRandom(0, "test", "lossy line");
  await using line = lossyLine(server.endpoint, () => random.range(0, 1) < 0.25);
  const keys = { accessKeyId: server.env.AWS_ACCESS_KEY_ID!, secretAccessKey: server.env.AWS_SECRET_ACCESS_KEY! };
  const url = server.url(bucket).replace(server.endpoint, line.endpoint);
  const stores = Array.from({ length: 20 }, () => s3Store(url, keys, { firstDelay: 5, attempts: 30 }));
  // One version: only the object itself tells whose write it is.
  const version = await publishModel(stores[0]!, "default", "main", modelWeights(), modelCard());
  const numbers = await Promise.all(stores.map((store) => promote(store, "default", "main", "stable", version)));
  assertEquals([...numbers].sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1));
  const written = await server.store(bucket).list("tenants/default/models/main/aliases/stable/");
  assertEquals([written.length, line.lost > 20], [20, true], `${line.lost} answers lost`);
});

test("lets 20 racing calibrations of one person lose nothing, and erases them all", async (server, bucket) => {
  const stores = Array.from({ length: 20 }, () => server.store(bucket));
  const versions = await Promise.all(
    stores.map((store, i) => saveSubject(store, "default", "s1", modelWeights([i, i, i]), SUBJECT_META)),
  );
  await saveSubject(stores[0]!, "default", "s10", modelWeights(), SUBJECT_META);
  const orders = await Promise.all(stores.map((store) => history(store, "tenants/default/subjects/s1/current")));
  for (const order of orders) assertEquals(order, orders[0]);
  assertEquals([...orders[0]!].sort(), [...versions].sort());
  for (const store of stores.slice(0, 3)) {
    const loaded = await loadSubject(store, "default", "s1");
    assertEquals(loaded.version, orders[0]!.at(-1));
    const i = versions.indexOf(loaded.version);
    assertEquals(loaded.weights, modelWeights([i, i, i]));
  }
  assertEquals(await listSubjects(stores[0]!, "default"), ["s1", "s10"]);

  assertEquals(await deleteSubject(stores[1]!, "default", "s1"), true);
  assertEquals(await deleteSubject(stores[2]!, "default", "s1"), false);
  assertEquals(await listSubjects(stores[0]!, "default"), ["s10"]);
  const kept = async () => (await server.everything(bucket)).filter((key) => !key.includes("/erasures/"));
  const left = await kept();
  assertEquals(left.length, 3, "weights, meta and manifest of the other");
  assert(left.every((key) => key.startsWith("tenants/default/subjects/s10/")), left.join());
  await deleteSubject(stores[0]!, "default", "s10");
  assertEquals(await kept(), [], "not a byte, an old version or a mark, nor of the probes");
});

test("keeps the last checkpoints, and the newest is found", async (server, bucket) => {
  const store = server.store(bucket, "runs of mine");
  for (const step of [1, 2, 3, 4, 5]) {
    const tensors = { a: { dtype: "F32", shape: [2], data: Float32Array.of(step, step) } } as const;
    await saveCheckpoint(store, "default", "run", step, { tensors, meta: { step } });
  }
  const again = await latestCheckpoint(server.store(bucket, "runs of mine"), "default", "run");
  assertEquals([again?.step, again?.tensors.a?.data], [5, Float32Array.of(5, 5)]);
  assertEquals((await store.list("tenants/default/runs/run/")).filter((key) => key.endsWith(".safetensors")).length, 3);
});

test("lists beyond a page and deletes it all", async (server, bucket) => {
  const store = server.store(bucket, "p");
  const keys = Array.from({ length: 1100 }, (_, i) => `s/ä+${i} %`);
  const work = keys.values();
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (const key of work) await store.put(key, new Uint8Array(1));
  }));
  assertEquals(await store.list("s/"), [...keys].sort());
  assertEquals(await store.deletePrefix("s/"), true);
  assertEquals(await server.everything(bucket), []);
});

test("that was versioned once is refused", async (server, bucket) => {
  for (const status of ["Enabled", "Suspended"]) {
    const xml = `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>${status}</Status>` +
      "</VersioningConfiguration>";
    assertEquals((await server.send("PUT", `${bucket}?versioning=`, xml)).status, 200);
    const store = server.store(bucket);
    await assertRejects(() => store.check("write"), Error, "keeps old versions, so that nothing can be erased");
    await assertRejects(
      () => saveSubject(store, "default", "s1", modelWeights(), SUBJECT_META),
      Error,
      "keeps old versions",
    );
  }
  assertEquals(await server.everything(bucket), []);
});

test("whose bucket is versioned later deletes nothing behind a mark without saying so", async (server, bucket) => {
  const store = server.store(bucket);
  await saveSubject(store, "default", "s1", modelWeights(), SUBJECT_META);
  const xml = '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status>' +
    "</VersioningConfiguration>";
  assertEquals((await server.send("PUT", `${bucket}?versioning=`, xml)).status, 200);
  await assertRejects(() => deleteSubject(store, "default", "s1"), Error, "keeps old versions");
  // Readers no longer find the subject all the same.
  await assertRejects(() => loadSubject(store, "default", "s1"), NotFoundError);
});

test("tells wrong keys and a missing bucket apart", async (server, bucket) => {
  const url = server.url(bucket);
  const good = { accessKeyId: server.env.AWS_ACCESS_KEY_ID!, secretAccessKey: server.env.AWS_SECRET_ACCESS_KEY! };
  const said = async (store: ObjectStore) => (await assertRejects(() => store.check("write"), Error)).message;
  assertMatch(await said(s3Store(url, { ...good, accessKeyId: "nobody" })), /correct AWS_ACCESS_KEY_ID$/);
  const wrong = await said(s3Store(url, { ...good, secretAccessKey: "not-the-secret" }));
  assertMatch(wrong, /correct AWS_SECRET_ACCESS_KEY, /);
  assert(!wrong.includes("not-the-secret"));
  assertMatch(await said(server.store("no-such-bucket")), /there is no bucket "no-such-bucket": create it/);
});
