import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { chooseBackend, countTensors } from "../../lib/runtime/mod.ts";
import { latestCheckpoint, loadModel, memoryStore } from "../../lib/storage/mod.ts";
import { type Trainer, type TrainingEvent, trainInWorker, trainModel } from "../../lib/training/mod.ts";
import { tinyClips, tinyConfig, tinyOptions, withSets } from "./_util/tiny_run.ts";

const withData = (body: (data: string) => Promise<void>) =>
  withSets({ "set.safetensors": tinyClips() }, (folder) => body(join(folder, "set.safetensors")));

Deno.test("trainInWorker() ends at the model of trainModel() to the bit, in the store of this thread, with the same events", async () => {
  await chooseBackend("wasm");
  await withData(async (data) => {
    const here = tinyOptions();
    const there = tinyOptions({ workers: 2 });
    const { version, metrics } = await trainModel(tinyConfig(data), here);
    const before = countTensors();
    assertEquals(await trainInWorker(tinyConfig(data), there), { name: "main", version, metrics });
    assertEquals([(await loadModel(there.store, "default", "main")).version, countTensors()], [version, before]);
    const timeless = (event: TrainingEvent) => event.type === "step" ? { ...event, secondsLeft: 0 } : event;
    assertEquals(there.events.map(timeless), here.events.map(timeless));
  });
});

Deno.test("trainInWorker() leaves this thread free: it turns more often between steps than where these are done", async () => {
  await chooseBackend("wasm");
  await withData(async (data) => {
    /** Turns of the event loop from the first step to the last. */
    async function turnsOf(train: Trainer): Promise<number> {
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      const at: number[] = [];
      const onEvent = ({ type }: TrainingEvent) => {
        if (type === "step") at.push(turns);
      };
      // A step is two pieces of work, between which the thread that does them turns once.
      await train(tinyConfig(data, { channels: 16, innerSteps: 4, outerSteps: 4 }), tinyOptions({ onEvent }));
      clearInterval(timer);
      return at.at(-1)! - at[0]!;
    }
    const [here, there] = [await turnsOf(trainModel), await turnsOf(trainInWorker)];
    assert(there > 2 * here, `${there} turns beside the worker, ${here} without`);
  });
});

Deno.test("trainInWorker() that is aborted checkpoints, rejects with the reason, and goes on later", async () => {
  await chooseBackend("wasm");
  await withData(async (data) => {
    const config = tinyConfig(data, { outerSteps: 6, checkpointEvery: 100 });
    const whole = await trainModel(config, tinyOptions());
    const store = memoryStore();
    const controller = new AbortController();
    const reason = new DOMException("stopped by a test", "AbortError");
    const onEvent = ({ type }: TrainingEvent) => {
      if (type === "step") controller.abort(reason);
    };
    const options = tinyOptions({ store });
    const failed = await assertRejects(() => trainInWorker(config, { ...options, signal: controller.signal, onEvent }));
    assertEquals(failed, reason);
    const step = (await latestCheckpoint(store, "default", options.runId))?.step ?? 0;
    assert(step >= 1 && step < 6, `checkpoint at ${step}`);
    assertEquals((await trainInWorker(config, options)).version, whole.version);
    await assertRejects(() => trainInWorker(config, { ...options, signal: AbortSignal.abort(reason) }));
  });
});

Deno.test("trainInWorker() says what was wrong: with the data, with the store", async () => {
  await chooseBackend("wasm");
  await withData(async (data) => {
    const { stack } = await assertRejects(
      () => trainInWorker(tinyConfig(`${data}.missing`), tinyOptions()),
      Error,
      "set.safetensors.missing",
    );
    assertStringIncludes(stack!, "/train_model.ts:", "where in the worker it failed");
    const full = { ...memoryStore(), putIfAbsent: () => Promise.reject(new Error("the disk is full")) };
    await assertRejects(() => trainInWorker(tinyConfig(data), tinyOptions({ store: full })), Error, "the disk is full");
  });
});
