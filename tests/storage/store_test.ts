import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileStore, memoryStore, type ObjectStore } from "../../lib/storage/mod.ts";
import { needs } from "../_util/needs.ts";
import { s3Server } from "../_util/s3_server.ts";

const server = await s3Server();
const bucket = typeof server === "string" ? "" : await server.makeBucket();

/** Each store with a folder of its own; what holds for one holds for all. */
const STORES: readonly [name: string, open: (folder: string) => ObjectStore, lacks?: string][] = [
  ["memoryStore", () => memoryStore()],
  ["fileStore", (folder) => fileStore(`${folder}/store`)],
  typeof server === "string"
    ? ["s3Store", () => memoryStore(), server]
    : ["s3Store", (folder) => server.store(bucket, folder.split("/").at(-1))],
];

for (const [name, open, lacks] of STORES) {
  const test = (what: string, body: (store: ObjectStore) => Promise<void>) =>
    Deno.test({
      ...needs(lacks === undefined, lacks ?? "", `${name}() ${what}`),
      async fn() {
        const folder = await Deno.makeTempDir();
        try {
          await body(open(folder));
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      },
    });

  test("can be checked, which leaves nothing", async (store) => {
    await store.check("read");
    await store.check("write");
    await store.check("write");
    assertEquals(await store.list(""), []);
  });

  test("takes names of every kind that a key may have", async (store) => {
    const keys = [
      "a b",
      "a+b",
      "a%20b",
      "%",
      "ä ö/日本/🙂",
      "a&b=c?d#e",
      "!'()*~",
      'x:;,@$[]{}|^`<>"',
      "_a/_b",
      "-",
      "...",
    ];
    for (const [i, key] of keys.entries()) await store.put(`n/${key}`, new Uint8Array([i]));
    for (const [i, key] of keys.entries()) {
      assertEquals(await store.get(`n/${key}`), new Uint8Array([i]), key);
      assertEquals(await store.list(`n/${key}`).then((found) => found.includes(`n/${key}`)), true, key);
      assertEquals(await store.putIfAbsent(`n/${key}`, new Uint8Array()), false, key);
    }
    assertEquals(await store.list("n/"), keys.map((key) => `n/${key}`).sort());
    for (const key of keys) await store.delete(`n/${key}`);
    assertEquals(await store.list(""), []);
  });

  test("keeps empty and large objects", async (store) => {
    const large = new Uint8Array(8 * 2 ** 20).map((_, i) => (i * 2654435761) >>> 24);
    for (const bytes of [new Uint8Array(0), large]) {
      await store.put("a", bytes);
      assertEquals(await store.putIfAbsent("b", bytes), true);
      const read = [await store.get("a"), await store.get("b")];
      assert(read.every((one) => one?.length === bytes.length && one.every((byte, i) => byte === bytes[i])));
      await store.delete("b");
    }
  });

  test("deletes by prefix, and says whether anything was there", async (store) => {
    for (const key of ["p/a", "p/b/c", "pq", "q/p/a"]) await store.put(key, new Uint8Array(1));
    // What is whole is not swept away.
    assertEquals([await store.sweep("p/"), (await store.list("p/")).length > 0], [false, true]);
    assertEquals([await store.deletePrefix("p/"), await store.deletePrefix("p/")], [true, false]);
    assertEquals(await store.list(""), ["pq", "q/p/a"]);
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

  for (
    const key of ["", "/a", "a/", "a//b", ".", "a/../b", "..", "a\\b", "a\0b", "a\nb", "a\x7f", "\ud800", "a/x.~tmp"]
  ) {
    test(`refuses the key ${JSON.stringify(key)}`, async (store) => {
      await assertRejects(() => store.put(key, new Uint8Array()), RangeError, "Cannot use store key");
      await assertRejects(() => store.putIfAbsent(key, new Uint8Array()), RangeError);
      await assertRejects(() => store.get(key), RangeError);
      await assertRejects(() => store.delete(key), RangeError);
      assert((await store.list("")).length === 0);
    });
  }
}
