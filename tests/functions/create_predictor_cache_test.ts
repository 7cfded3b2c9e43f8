import { assertEquals, assertRejects } from "@std/assert";
import { createPredictorCache, type LoadedPredictor } from "../../functions/predict/mod.ts";

/** A loader of predictors of so many bytes that counts who is alive. */
function loader(bytes = 10) {
  const counts = { made: 0, alive: 0 };
  // deno-lint-ignore require-await
  const load = async (): Promise<LoadedPredictor> => {
    counts.made++;
    counts.alive++;
    const predict = () => Promise.resolve(new Float32Array());
    return {
      predictor: {
        bytes,
        batches: false,
        predict,
        dispose() {
          counts.alive--;
        },
      },
      together: predict,
      card: { classes: [], recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } },
    };
  };
  return { counts, load };
}

const nothing = () => Promise.resolve();

Deno.test("createPredictorCache() loads a version once, also for concurrent uses", async () => {
  const { counts, load } = loader();
  const cache = createPredictorCache(100);
  await Promise.all([1, 2, 3].map(() => cache.use("a", "1", load, nothing)));
  await cache.use("a", "1", load, nothing);
  assertEquals([counts.made, cache.bytes], [1, 10]);
});

Deno.test("createPredictorCache() evicts what was used least recently and disposes it", async () => {
  const { counts, load } = loader();
  const cache = createPredictorCache(25);
  for (const slot of ["a", "b", "a", "c"]) await cache.use(slot, "1", load, nothing);
  assertEquals([counts.made, counts.alive, cache.bytes], [3, 2, 20]);
  await cache.use("a", "1", load, nothing);
  assertEquals(counts.made, 3);
  await cache.use("b", "1", load, nothing);
  assertEquals(counts.made, 4);
});

Deno.test("createPredictorCache() disposes what is in use only after its use", async () => {
  const { counts, load } = loader();
  const cache = createPredictorCache(100);
  await cache.use("a", "1", load, async () => {
    cache.drop("a");
    await Promise.resolve();
    assertEquals([counts.alive, cache.bytes], [1, 0]);
  });
  assertEquals(counts.alive, 0);
});

Deno.test("createPredictorCache() swaps a slot for a new version", async () => {
  const { counts, load } = loader();
  const cache = createPredictorCache(100);
  await cache.use("a", "1", load, nothing);
  await cache.use("a", "2", load, nothing);
  assertEquals([counts.made, counts.alive, cache.bytes], [2, 1, 10]);
});

Deno.test("createPredictorCache() serves what is larger than the cache and keeps it not", async () => {
  const { counts, load } = loader(1000);
  const cache = createPredictorCache(100);
  await cache.use("a", "1", load, () => Promise.resolve(assertEquals(counts.alive, 1)));
  assertEquals([counts.alive, cache.bytes], [0, 0]);
});

Deno.test("createPredictorCache() tries again after a failed load", async () => {
  const { counts, load } = loader();
  const cache = createPredictorCache(100);
  await assertRejects(
    () => cache.use("a", "1", () => Promise.reject(new Error("no memory")), nothing),
    Error,
    "no memory",
  );
  await cache.use("a", "1", load, nothing);
  assertEquals([counts.made, cache.bytes], [1, 10]);
  cache.clear();
  assertEquals([counts.alive, cache.bytes], [0, 0]);
});

Deno.test("createPredictorCache() sweeps out idle subjects, never a model and never who is asked for", async () => {
  const { counts, load } = loader();
  let ms = 0;
  const cache = createPredictorCache(100, { idleMs: 1000, now: () => ms });
  for (const slot of ["t/subjects/idle", "t/subjects/busy", "t/models/m"]) await cache.use(slot, "1", load, nothing);
  ms = 900;
  await cache.use("t/subjects/busy", "1", load, nothing);
  cache.sweep();
  assertEquals(counts.alive, 3);
  ms = 1500;
  cache.sweep();
  assertEquals([counts.alive, cache.bytes, cache.entries], [2, 20, 2]);
});

Deno.test("createPredictorCache() drops what the store said of a slot with its predictor", async () => {
  const cache = createPredictorCache(100, { freshMs: 1000, now: () => 0 });
  let version = "1";
  const base = { owner: "t", name: "m", version: "1" };
  const find = async () => (await cache.find("a", () => Promise.resolve({ version, base }))).version;
  await find();
  version = "2";
  assertEquals(await find(), "1");
  cache.drop("a");
  assertEquals(await find(), "2");
  version = "3";
  cache.clear();
  assertEquals(await find(), "3");
});
