import { assertEquals } from "@std/assert";
import { availableBackends } from "../../lib/runtime/mod.ts";

Deno.test("availableBackends() lists wasm and cpu everywhere, best first", async () => {
  const names = (await availableBackends()).map((backend) => backend.name);
  assertEquals(names.slice(-2), ["wasm", "cpu"]);
});

Deno.test("availableBackends() lists a software adapter only when asked", async () => {
  const real = await availableBackends();
  const all = await availableBackends({ includeSoftware: true });
  assertEquals(real, all.filter((backend) => !backend.software));
});
