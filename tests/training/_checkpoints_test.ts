import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { type BackendName, chooseBackend } from "../../lib/runtime/mod.ts";
import { denoFileSystem } from "../../lib/storage/_file_system.ts";
import { fileStore, latestCheckpoint, loadModel, memoryStore } from "../../lib/storage/mod.ts";
import { trainModel } from "../../lib/training/mod.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { dyingStore, stoppedAt, tinyClips, tinyConfig, tinyOptions, withSets, writeSet } from "./_util/tiny_run.ts";

const onCpuAndWasm = (name: string, test: (backend: BackendName) => Promise<void>) =>
  onEachBackend(name, test, ["cpu", "wasm"]);

onCpuAndWasm(
  "trainModel() interrupted at any step and resumed, workers changing, ends where an uninterrupted run does",
  () =>
    withSets({ "set.safetensors": tinyClips() }, async (folder) => {
      const config = tinyConfig(join(folder, "set.safetensors"), {
        schedule: "cosine",
        decoder: "unet",
      });
      const whole = await trainModel(config, tinyOptions());
      const store = memoryStore();
      for (const [step, workers] of [[1, 0], [2, 2]] as const) {
        await assertRejects(() => trainModel(config, stoppedAt(step, { store, workers })), Error, "stopped");
        assertEquals((await latestCheckpoint(store, "default", "run1"))?.step, step);
        assertEquals((await store.list("tenants/default/models/")).length, 0);
      }
      const resumed = tinyOptions({ store, workers: 2 });
      const { version, history, card } = await trainModel(config, resumed);
      assertEquals([version, history, card], [whole.version, whole.history, whole.card]);
      assertEquals(resumed.events.filter((event) => event.type === "step").map((event) => event.step), [3]);
    }),
);

Deno.test("trainModel() that chooses θ, stopped anywhere, also while it scores, ends where an uninterrupted run does", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips({ subjects: 6, micro: () => 3 }) }, async (folder) => {
    const config = tinyConfig(join(folder, "set.safetensors"), {
      ...{ validation: 0.4, selectEvery: 2, outerSteps: 5, checkpointEvery: 2, beta: 0.1, alpha: 0.2 },
    });
    const { version, selection, card } = await trainModel(config, tinyOptions());
    assertEquals(selection!.curve.map(({ step }) => step), [2, 4, 5]);
    assert(selection!.step < 5, "the chosen θ has to come out of a checkpoint, or this test shows nothing");
    // A step's event comes before its score: stopped there, the score is taken when the run goes on.
    const store = memoryStore();
    for (const [step, workers] of [[1, 0], [2, 0], [3, 2], [4, 0], [5, 0]] as const) {
      await assertRejects(() => trainModel(config, stoppedAt(step, { store, workers })), Error, "stopped");
      assertEquals((await latestCheckpoint(store, "default", "run1"))?.step, step);
    }
    const resumed = await trainModel(config, tinyOptions({ store }));
    assertEquals([resumed.version, resumed.selection, resumed.card], [version, selection, card]);
  });
});

Deno.test("trainModel() whose store dies at any write says why, keeps what was there, and resumes to the same θ", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const config = tinyConfig(join(folder, "set.safetensors"), { checkpointEvery: 1, outerSteps: 2 });
    const { version } = await trainModel(config, tinyOptions());
    const states: (number | undefined)[] = [];
    for (let writes = 0;; writes++) {
      const store = memoryStore();
      const dying = tinyOptions({ store: dyingStore(store, writes) });
      const done = await trainModel(config, dying).then(() => true, (error: Error) => {
        assert(error.message.startsWith("Cannot write "), error.message);
        return false;
      });
      if (done) break;
      const kept = await latestCheckpoint(store, "default", "run1");
      assertEquals(kept?.damaged ?? [], []);
      states.push(kept?.step);
      assertEquals((await store.list("")).filter((key) => key.includes("/aliases/")), []);
      const { version: resumed } = await trainModel(config, tinyOptions({ store }));
      assertEquals(resumed, version, `after ${writes} writes`);
      assertEquals((await loadModel(store, "default", "main", { alias: "stable" })).version, version);
    }
    // Object and manifest of two checkpoints, then weights, card and alias.
    assertEquals(states, [undefined, undefined, 1, 1, 2, 2, 2]);
  });
});

Deno.test("trainModel() refuses to resume on other clips, held-out subjects or configuration, and changes nothing", async () => {
  await chooseBackend("wasm");
  const other = tinyClips();
  other.clips[other.clips.length - 1]! ^= 1;
  const relabelled = tinyClips();
  relabelled.labels[0] = 1;
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const data = join(folder, "set.safetensors");
    const config = tinyConfig(data);
    const { store, ...rest } = stoppedAt(2);
    await assertRejects(() => trainModel(config, { ...rest, store }), Error, "stopped");
    const before = await store.list("");
    const refused = async (changed = config) => {
      await assertRejects(
        () => trainModel(changed, tinyOptions({ store })),
        RangeError,
        "Cannot resume run run1: its configuration, clips or held-out subjects are not those of its checkpoint",
      );
      assertEquals(await store.list(""), before);
    };
    await refused({ ...config, holdout: ["t/s2"] });
    await refused({ ...config, beta: 0.004 });
    await refused({ ...config, classWeights: true });
    for (const set of [other, relabelled]) {
      await writeSet(data, set);
      await refused();
    }
    await writeSet(data, tinyClips());
    // How often checkpoints are written and kept is no part of a run's course.
    await trainModel({ ...config, checkpointEvery: 1, keepCheckpoints: 1 }, tinyOptions({ store }));
  });
});

Deno.test("trainModel() passes over a damaged checkpoint, says so, and still ends at the same θ", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const config = tinyConfig(join(folder, "set.safetensors"), { checkpointEvery: 1 });
    const { version } = await trainModel(config, tinyOptions());
    const { store, ...rest } = stoppedAt(2);
    await assertRejects(() => trainModel(config, { ...rest, store }), Error, "stopped");
    const newest = (await store.list("")).find((key) => key.includes("/00000002-"))!;
    await store.put(newest, (await store.get(newest))!.subarray(0, 100));
    const resumed = tinyOptions({ store });
    assertEquals((await trainModel(config, resumed)).version, version);
    const said = resumed.events.flatMap((event) => event.type === "status" ? [event.message] : []);
    assert(said[0]?.startsWith(`a damaged checkpoint is passed over: Cannot read "${newest}"`), said[0]);
    assertEquals(said[1], "resuming after step 1");
  });
});

Deno.test("trainModel() on a full disk names store and cause, keeps the checkpoint it has, and goes on when there is room", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const config = tinyConfig(join(folder, "set.safetensors"), { checkpointEvery: 1 });
    const { version } = await trainModel(config, tinyOptions());
    const path = join(folder, "store");
    let room = 3;
    const store = fileStore(path, {
      fileSystem: {
        ...denoFileSystem,
        async write(path, bytes) {
          if (room-- > 0) return await denoFileSystem.write(path, bytes);
          await denoFileSystem.write(path, bytes.subarray(0, 100));
          throw new Error("No space left on device (os error 28)");
        },
      },
    });
    const error = await assertRejects(() => trainModel(config, tinyOptions({ store })), Error);
    assertMatch(
      error.message,
      /^Cannot write "tenants\/default\/runs\/run1\/.*" to store file:.*: No space left on device/,
    );
    assertEquals((await latestCheckpoint(store, "default", "run1"))?.step, 1);
    const files: string[] = [];
    const walk = async (at: string) => {
      for await (const { name, isDirectory } of Deno.readDir(at)) {
        if (isDirectory) await walk(join(at, name));
        else files.push(name);
      }
    };
    await walk(path);
    assertEquals(files.filter((name) => name.endsWith(".~tmp")), []);
    room = Infinity;
    assertEquals((await trainModel(config, tinyOptions({ store }))).version, version);
  });
});
