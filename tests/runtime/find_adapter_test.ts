import { assertEquals, assertMatch } from "@std/assert";
import { type AdapterLike, findAdapter } from "../../lib/runtime/_find_adapter.ts";

const gpu = (adapter: AdapterLike | null) => ({ requestAdapter: () => Promise.resolve(adapter) });

Deno.test("findAdapter() tells software adapters from real ones", async () => {
  const cases: [AdapterLike, boolean][] = [
    [{ isFallbackAdapter: true, info: { description: "GPU" } }, true],
    [{ info: { description: "GPU", isFallbackAdapter: true } }, true],
    [{ info: { description: "llvmpipe (LLVM 15.0.6, 256 bits)", isFallbackAdapter: false } }, true],
    [{ info: { description: "SwiftShader Device" } }, true],
    [{ info: { vendor: "mesa", device: "lavapipe" } }, true],
    [{ info: { description: "NVIDIA H200", vendor: "4318", isFallbackAdapter: false } }, false],
    [{}, false],
  ];
  for (const [adapter, software] of cases) {
    const finding = await findAdapter(gpu(adapter));
    assertEquals([finding.found, finding.software], [true, software], JSON.stringify(adapter));
  }
});

Deno.test("findAdapter() names the adapter", async () => {
  assertEquals((await findAdapter(gpu({ info: { description: "NVIDIA H200" } }))).description, "NVIDIA H200");
  assertEquals((await findAdapter(gpu({ info: { description: "", vendor: "intel" } }))).description, "intel");
});

Deno.test("findAdapter() reports a missing adapter and a failing runtime instead of throwing", async () => {
  assertEquals((await findAdapter(gpu(null))).found, false);
  const failing = await findAdapter({ requestAdapter: () => Promise.reject(new Error("loader broke")) });
  assertEquals(failing.found, false);
  assertMatch(failing.description, /loader broke/);
});
