import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileStore, memoryStore, type ObjectStore } from "../../lib/storage/mod.ts";

/** Each store with a folder of its own; what holds for one holds for all. */
const STORES: readonly [name: string, open: (folder: string) => ObjectStore][] = [
  ["memoryStore", () => memoryStore()],
  ["fileStore", (folder) => fileStore(`${folder}/store`)],
];

for (const [name, open] of STORES) {
  const test = (what: string, body: (store: ObjectStore) => Promise<void>) =>
    Deno.test(`${name}() ${what}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await body(open(folder));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

  test("gives back what was put, and null for what was not", async (store) => {
    assertEquals(await store.get("a/b"), null);
    await store.put("a/b", new Uint8Array([1, 2]));
    assertEquals(await store.get("a/b"), new Uint8Array([1, 2]));
    assertEquals([await store.get("a"), await store.get("a/b/c")], [null, null]);
    await store.put("a/b", new Uint8Array([3]));
    assertEquals(await store.get("a/b"), new Uint8Array([3]));
  });

  test("copies: the caller's array and a reader's array are their own", async (store) => {
    const bytes = new Uint8Array([1]);
    await store.put("a", bytes);
    bytes[0] = 2;
    const read = await store.get("a");
    read![0] = 3;
    assertEquals(await store.get("a"), new Uint8Array([1]));
  });

  test("creates only what is free with putIfAbsent", async (store) => {
    assertEquals(await store.putIfAbsent("a/1", new Uint8Array([1])), true);
    assertEquals(await store.putIfAbsent("a/1", new Uint8Array([2])), false);
    assertEquals(await store.get("a/1"), new Uint8Array([1]));
  });

  test("lets exactly one of many concurrent creators win", async (store) => {
    const wins = await Promise.all(
      Array.from({ length: 16 }, (_, i) => store.putIfAbsent("a/b/1", new Uint8Array([i]))),
    );
    assertEquals(wins.filter(Boolean).length, 1);
    assertEquals((await store.get("a/b/1"))?.[0], wins.indexOf(true));
    assertEquals(await store.list(""), ["a/b/1"]);
  });

  test("lists keys by prefix, sorted as text", async (store) => {
    for (const key of ["b/1", "a/10", "a/9", "ab/c/d", "a.x"]) await store.put(key, new Uint8Array());
    assertEquals(await store.list(""), ["a.x", "a/10", "a/9", "ab/c/d", "b/1"]);
    assertEquals(await store.list("a/"), ["a/10", "a/9"]);
    assertEquals(await store.list("a"), ["a.x", "a/10", "a/9", "ab/c/d"]);
    assertEquals(await store.list("ab/c"), ["ab/c/d"]);
    assertEquals(await store.list("nothing/here"), []);
  });

  test("deletes, also what is not there", async (store) => {
    await store.put("a/b/c", new Uint8Array([1]));
    await store.delete("a/b/c");
    await store.delete("a/b/c");
    await store.delete("x");
    assertEquals(await store.get("a/b/c"), null);
    assertEquals(await store.list(""), []);
  });

  test("survives writers and deleters of one folder at once", async (store) => {
    const work = Array.from({ length: 8 }, async (_, i) => {
      for (let round = 0; round < 5; round++) {
        await store.put(`p/q/${i}`, new Uint8Array([round]));
        await store.delete(`p/q/${i}`);
      }
      await store.put(`p/q/${i}`, new Uint8Array([99]));
    });
    await Promise.all(work);
    assertEquals((await store.list("p/q/")).length, 8);
  });

  for (const key of ["", "/a", "a/", "a//b", ".", "a/../b", "..", "a\\b", "a\0b", "a/x.~tmp"]) {
    test(`refuses the key ${JSON.stringify(key)}`, async (store) => {
      await assertRejects(() => store.put(key, new Uint8Array()), RangeError, "Cannot use store key");
      await assertRejects(() => store.putIfAbsent(key, new Uint8Array()), RangeError);
      await assertRejects(() => store.get(key), RangeError);
      await assertRejects(() => store.delete(key), RangeError);
      assert((await store.list("")).length === 0);
    });
  }
}
