import { assertEquals, assertRejects } from "@std/assert";
import { appendManifest, ConflictError, currentManifest, memoryStore } from "../../lib/storage/mod.ts";

Deno.test("appendManifest() numbers from 1 and the highest number is current", async () => {
  const store = memoryStore();
  assertEquals(await currentManifest(store, "p/q"), null);
  assertEquals(await appendManifest(store, "p/q", { v: 1 }), 1);
  assertEquals(await appendManifest(store, "p/q", { v: 2 }), 2);
  assertEquals(await currentManifest(store, "p/q"), { number: 2, value: { v: 2 } });
  assertEquals(await store.list(""), ["p/q/000001.json", "p/q/000002.json"]);
});

Deno.test("appendManifest() loses nobody's work: concurrent writers get different numbers", async () => {
  const store = memoryStore();
  const numbers = await Promise.all(Array.from({ length: 12 }, (_, i) => appendManifest(store, "p", { i })));
  assertEquals(numbers.toSorted((a, b) => a - b), Array.from({ length: 12 }, (_, i) => i + 1));
});

Deno.test("appendManifest() with an expected number writes when it is current and conflicts when not", async () => {
  const store = memoryStore();
  await appendManifest(store, "p", "a", { expected: 0 });
  await appendManifest(store, "p", "b", { expected: 1 });
  await assertRejects(() => appendManifest(store, "p", "c", { expected: 1 }), ConflictError, "expected number 1");
  assertEquals((await currentManifest(store, "p"))?.value, "b");
});

Deno.test("appendManifest() with an expected number conflicts when it loses the race for the next", async () => {
  const store = memoryStore();
  const results = await Promise.allSettled([0, 1, 2].map((i) => appendManifest(store, "p", i, { expected: 0 })));
  assertEquals(results.map((result) => result.status).toSorted(), ["fulfilled", "rejected", "rejected"]);
});

Deno.test("currentManifest() compares numbers, not texts, and ignores what is no manifest", async () => {
  const store = memoryStore();
  const text = (value: string) => new TextEncoder().encode(value);
  await store.put("p/999999.json", text("1"));
  await store.put("p/1000000.json", text("2"));
  await store.put("p/9000000.json.bak", text("3"));
  await store.put("p/sub/9000000.json", text("4"));
  await store.put("p/09000000.json", text("5"));
  assertEquals(await currentManifest(store, "p"), { number: 1000000, value: 2 });
});

Deno.test("currentManifest() names a manifest that is no JSON", async () => {
  const store = memoryStore();
  await store.put("p/000001.json", new TextEncoder().encode("{"));
  await assertRejects(() => currentManifest(store, "p"), SyntaxError, 'Cannot read "p/000001.json"');
});
