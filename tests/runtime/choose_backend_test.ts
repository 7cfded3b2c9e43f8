import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import {
  type AdapterFinding,
  type BackendName,
  type BackendSource,
  BackendUnavailableError,
  chooseBackend,
} from "../../lib/runtime/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";

const REAL: AdapterFinding = { found: true, software: false, description: "Some GPU" };
const SOFTWARE: AdapterFinding = { found: true, software: true, description: "llvmpipe" };
const NONE: AdapterFinding = { found: false, software: false, description: "no WebGPU adapter was found" };

/** A machine with the given adapter on which some backends fail; records what was tried. */
function machine(adapter: AdapterFinding, broken: BackendName[] = []): BackendSource & { tried: string[] } {
  const tried: string[] = [];
  return {
    tried,
    findAdapter: () => Promise.resolve(adapter),
    start(name) {
      tried.push(name);
      return broken.includes(name) ? Promise.reject(new Error(`${name} is broken\nat x`)) : Promise.resolve();
    },
  };
}

Deno.test("chooseBackend() takes webgpu on a real adapter and loads nothing else", async () => {
  const source = machine(REAL);
  const choice = await chooseBackend("auto", source);
  assertEquals([choice.name, choice.software], ["webgpu", false]);
  assertEquals(source.tried, ["webgpu"]);
  assertMatch(choice.why, /Some GPU/);
});

Deno.test("chooseBackend() passes over a software adapter on auto and says so", async () => {
  const source = machine(SOFTWARE);
  const choice = await chooseBackend("auto", source);
  assertEquals([choice.name, choice.software], ["wasm", false]);
  assertEquals(source.tried, ["wasm"]);
  assertMatch(choice.why, /software \(llvmpipe\)/);
});

Deno.test("chooseBackend() takes a software adapter when webgpu is asked for by name", async () => {
  const choice = await chooseBackend("webgpu", machine(SOFTWARE));
  assertEquals([choice.name, choice.software], ["webgpu", true]);
});

Deno.test("chooseBackend() falls back to wasm when the device of a real adapter fails, with the reason", async () => {
  const source = machine(REAL, ["webgpu"]);
  const choice = await chooseBackend("auto", source);
  assertEquals(choice.name, "wasm");
  assertEquals(source.tried, ["webgpu", "wasm"]);
  assertMatch(choice.why, /^wasm runs because webgpu failed to start on Some GPU \(webgpu is broken\)\.$/);
});

Deno.test("chooseBackend() falls back to cpu when wasm fails too", async () => {
  const choice = await chooseBackend("auto", machine(NONE, ["wasm"]));
  assertEquals(choice.name, "cpu");
  assertMatch(choice.why, /no WebGPU adapter was found, and wasm failed to start/);
});

Deno.test("chooseBackend() refuses a named backend that is not there", async () => {
  const missing = await assertRejects(() => chooseBackend("webgpu", machine(NONE)), BackendUnavailableError);
  assertEquals(missing.message, "Cannot use the webgpu backend: no WebGPU adapter was found");
  assertEquals(missing.backend, "webgpu");
  const broken = await assertRejects(() => chooseBackend("wasm", machine(NONE, ["wasm"])), BackendUnavailableError);
  assertEquals(broken.message, "Cannot use the wasm backend: it failed to start (wasm is broken)");
});

Deno.test("chooseBackend() refuses auto when nothing starts", async () => {
  const error = await assertRejects(
    () => chooseBackend("auto", machine(NONE, ["wasm", "cpu"])),
    BackendUnavailableError,
  );
  assertMatch(error.message, /cpu failed to start/);
});

for (const name of ["cpu", "wasm"] as const) {
  Deno.test(`chooseBackend() makes ${name} compute on this machine`, async () => {
    assertEquals((await chooseBackend(name)).name, name);
    assertEquals(tf.getBackend(), name);
    const sum = await withTensorCount(async () => {
      const t = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])));
      const values = await t.data();
      t.dispose();
      return values[0];
    });
    assertEquals(sum, 11);
  });
}

Deno.test("chooseBackend() leaves console.warn as it was", async () => {
  const warn = console.warn;
  await chooseBackend("cpu");
  assertEquals(console.warn, warn);
});
