import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import type { Config } from "../../lib/config/mod.ts";
import { architectureOf, toStored } from "../../lib/inference/mod.ts";
import { initParams } from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { localRunner } from "../../lib/training/_local_runner.ts";
import { openRunner } from "../../lib/training/_open_runner.ts";
import { workerPool } from "../../lib/training/_worker_pool.ts";
import { tinyClips, tinyConfig } from "./_util/tiny_run.ts";

const SET = tinyClips();
const never = new AbortController().signal;

/** A setup, and jobs of it: `wrong` ones have no parameters. */
async function setUp(changes: Partial<Config> = {}) {
  const config = tinyConfig("x", changes);
  const tensors = initParams(architectureOf(config, 3), createRandom(0, "init"));
  const theta = { params: await toStored(tensors), rates: null };
  tf.dispose(tensors as unknown as tf.TensorContainer);
  const good = (first: number) => ({
    kind: "supervised" as const,
    theta,
    clips: [first, first + 3, first + 6],
    macro: [],
    flipped: [],
  });
  const wrong = { kind: "supervised" as const, theta: { params: {}, rates: null }, clips: [0], macro: [], flipped: [] };
  return { setup: { config, set: SET }, good, wrong };
}

Deno.test("workerPool() gives what localRunner() gives to the bit, in the order of the jobs", async () => {
  await chooseBackend("wasm");
  const { setup, good } = await setUp();
  const jobs = Array.from({ length: 7 }, (_, i) => good(i));
  const expected = await localRunner(setup, never).run<"supervised">(jobs);
  for (const workers of [1, 3]) {
    const pool = await workerPool(workers, setup, "wasm");
    try {
      assertEquals(await pool.run<"supervised">(jobs), expected);
    } finally {
      pool.close();
    }
  }
});

Deno.test("workerPool() rejects when a job throws, can be asked again, and closes", async () => {
  await chooseBackend("wasm");
  const { setup, good, wrong } = await setUp();
  const expected = await localRunner(setup, never).run<"supervised">([good(0), good(1)]);
  const pool = await workerPool(2, setup, "wasm");
  let begun = 0;
  const jobs = new Proxy([wrong, ...Array.from({ length: 200 }, () => good(0))], {
    get(target, key, receiver) {
      if (/^\d+$/.test(String(key))) begun = Math.max(begun, Number(key));
      return Reflect.get(target, key, receiver);
    },
  });
  await assertRejects(() => pool.run<"supervised">(jobs), Error);
  assert(begun > 0 && begun < 200, `${begun} jobs were begun though the first had failed`);
  assertEquals(await pool.run<"supervised">([good(0), good(1)]), expected);
  pool.close();
  await assertRejects(() => pool.run<"supervised">([good(0)]), Error, "The worker was stopped");
});

Deno.test("openRunner() with workers stops in mid-step, at once and for the signal's reason", async () => {
  await chooseBackend("cpu");
  // A task that takes the CPU backend far longer than the test waits.
  const { setup, good } = await setUp({ channels: 96 });
  const controller = new AbortController();
  const runner = await openRunner(setup, 2, controller.signal);
  const begun = performance.now();
  let aborted = Infinity;
  setTimeout(() => {
    aborted = performance.now();
    controller.abort(new Error("enough"));
  }, 50);
  const jobs = Array.from({ length: 400 }, (_, i) => good(i % 10));
  await assertRejects(() => runner.run<"supervised">(jobs), Error, "enough");
  const stopped = performance.now();
  assert(stopped - aborted < 1000, `${stopped - aborted} ms after the signal, ${stopped - begun} in all`);
  await assertRejects(() => runner.run<"supervised">(jobs), Error, "enough");
  runner.close();
});

Deno.test("openRunner() in this thread hears timers and signals between jobs that never wait", async () => {
  await chooseBackend("wasm");
  const { setup, good } = await setUp();
  const controller = new AbortController();
  const runner = await openRunner(setup, 0, controller.signal);
  setTimeout(() => controller.abort(new Error("enough")), 1);
  // With no turn of the event loop between them, all would be done before the timer is heard.
  await assertRejects(() => runner.run<"supervised">(Array.from({ length: 500 }, () => good(0))), Error, "enough");
  runner.close();
});

Deno.test("openRunner() starts nothing once the signal is aborted", async () => {
  await chooseBackend("wasm");
  const { setup } = await setUp();
  await assertRejects(() => openRunner(setup, 2, AbortSignal.abort(new Error("enough"))), Error, "enough");
});

Deno.test("openRunner() says what to do when the WASM module aborts", async () => {
  await chooseBackend("wasm");
  const { setup, good } = await setUp();
  const runner = await openRunner(setup, 0, never);
  const kernel = tf.getKernel("Conv2D", "wasm");
  tf.unregisterKernel("Conv2D", "wasm");
  tf.registerKernel({
    kernelName: "Conv2D",
    backendName: "wasm",
    // What Emscripten throws past the end of the heap.
    kernelFunc() {
      throw new WebAssembly.RuntimeError("Aborted(). Build with -sASSERTIONS for more info.");
    },
  });
  try {
    const words = "Cannot go on: the WASM module aborted, as it does when its memory is full; reduce size, frames";
    await assertRejects(() => runner.run<"supervised">([good(0)]), Error, words);
  } finally {
    tf.unregisterKernel("Conv2D", "wasm");
    tf.registerKernel(kernel);
    runner.close();
  }
});
