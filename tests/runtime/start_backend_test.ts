import { assertEquals } from "@std/assert";
import { BackendUnavailableError, chooseBackend } from "../../lib/runtime/mod.ts";

// In its own file: tfjs remembers a device that failed for the life of the process.
const adapter = {
  features: new Set<string>(),
  limits: {},
  info: { description: "Some GPU" },
  requestDevice: () => Promise.reject(new Error("unknown feature name\nat somewhere")),
};

Deno.test("chooseBackend() tells why a WebGPU device could not be made, and falls back on auto", async () => {
  Object.defineProperty(navigator, "gpu", {
    value: { requestAdapter: () => Promise.resolve(adapter) },
    configurable: true,
  });
  const named = await chooseBackend("webgpu").catch((error: unknown) => error);
  assertEquals(named instanceof BackendUnavailableError, true);
  assertEquals(String(named).includes("failed to start (Error: unknown feature name)"), true, String(named));
  const auto = await chooseBackend("auto");
  assertEquals(auto.name, "wasm");
  assertEquals(auto.why.startsWith("wasm runs because webgpu failed to start on Some GPU"), true, auto.why);
});
