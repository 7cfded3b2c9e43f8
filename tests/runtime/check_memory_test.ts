import { assertEquals, assertThrows } from "@std/assert";
import { checkMemory, chooseBackend, MemoryLimitError } from "../../lib/runtime/mod.ts";

Deno.test("checkMemory() refuses what is beyond WASM's heap in one line, and nothing on a backend without a limit", async () => {
  await chooseBackend("wasm");
  checkMemory(4.1e9, "train: 90 clips", "size");
  const error = assertThrows(() => checkMemory(4.2e9, "train: 90 clips", "size or frames"), MemoryLimitError);
  assertEquals(error.message, "Cannot train: 90 clips needs about 4.2 GB, WASM has 4.1; reduce size or frames");
  await chooseBackend("cpu");
  checkMemory(1e12, "train: 90 clips", "size");
});
