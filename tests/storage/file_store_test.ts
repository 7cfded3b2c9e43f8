import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { denoFileSystem, type FileSystem } from "../../lib/storage/_file_system.ts";
import { fileStore } from "../../lib/storage/mod.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A disk that takes half of what is written and then is full. */
const fullDisk: FileSystem = {
  ...denoFileSystem,
  async write(path, bytes) {
    await Deno.writeFile(path, bytes.subarray(0, bytes.length >> 1));
    throw new Error("No space left on device (os error 28)");
  },
};

async function files(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name)).sort();
}

Deno.test("fileStore() on a full disk names store and cause, keeps the old object, leaves no temporary file", () =>
  withFolder(async (folder) => {
    await fileStore(folder).put("a/b", new Uint8Array([1, 2, 3, 4]));
    const full = fileStore(folder, { fileSystem: fullDisk });
    const error = await assertRejects(() => full.put("a/b", new Uint8Array(8)), Error);
    assertStringIncludes(error.message, `Cannot write "a/b" to store file:${folder}: No space left on device`);
    await assertRejects(() => full.putIfAbsent("a/c", new Uint8Array(8)), Error, "No space left");
    assertEquals(await full.get("a/b"), new Uint8Array([1, 2, 3, 4]));
    assertEquals(await files(`${folder}/a`), ["b"]);
  }));

Deno.test("fileStore() names store and cause when it may not write", () =>
  withFolder(async (folder) => {
    const fileSystem: FileSystem = {
      ...denoFileSystem,
      makeFolder: () => Promise.reject(new Deno.errors.PermissionDenied("Permission denied (os error 13)")),
    };
    const store = fileStore(folder, { fileSystem });
    await assertRejects(() => store.put("a/b", new Uint8Array(1)), Error, `store file:${folder}: Permission denied`);
  }));

Deno.test("fileStore() shows the old bytes to readers until the new ones are whole", () =>
  withFolder(async (folder) => {
    const seen: (Uint8Array | null)[] = [];
    const plain = fileStore(folder);
    await plain.put("a", new Uint8Array([1]));
    const fileSystem: FileSystem = {
      ...denoFileSystem,
      async rename(from, to) {
        seen.push(await plain.get("a"));
        assertEquals(await plain.list(""), ["a"]);
        await denoFileSystem.rename(from, to);
      },
    };
    await fileStore(folder, { fileSystem }).put("a", new Uint8Array([2, 2]));
    seen.push(await plain.get("a"));
    assertEquals(seen, [new Uint8Array([1]), new Uint8Array([2, 2])]);
  }));

Deno.test("fileStore() lists no files that a crash left half written, and removes them with their folder", () =>
  withFolder(async (folder) => {
    const store = fileStore(folder);
    await store.put("s/a", new Uint8Array([1]));
    await Deno.writeFile(`${folder}/s/b.1234.~tmp`, new Uint8Array([1]));
    assertEquals(await store.list(""), ["s/a"]);
    await store.delete("s/a");
    assertEquals(await files(folder), []);
  }));

Deno.test("fileStore() keeps objects between openings", () =>
  withFolder(async (folder) => {
    await fileStore(`${folder}/`).put("x/y", new Uint8Array([5]));
    assertEquals(await fileStore(folder).get("x/y"), new Uint8Array([5]));
  }));

Deno.test("fileStore() creates only what is free also between processes' stores", () =>
  withFolder(async (folder) => {
    const stores = [fileStore(folder), fileStore(folder), fileStore(folder)];
    const wins = await Promise.all(stores.map((store, i) => store.putIfAbsent("m/000001.json", new Uint8Array([i]))));
    assertEquals(wins.filter(Boolean).length, 1);
  }));

Deno.test("fileStore().sweep() removes halves of writes and empty folders below a prefix, and no object", () =>
  withFolder(async (folder) => {
    const store = fileStore(folder);
    await store.put("a/b/whole", Uint8Array.of(1));
    await store.put("other/x", Uint8Array.of(1));
    await Deno.mkdir(`${folder}/a/dead/deeper`, { recursive: true });
    for (const name of ["a/b/x.1.~tmp", "a/dead/deeper/y.2.~tmp", "other/z.3.~tmp"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "half");
    }
    assertEquals([await store.sweep("a/"), await store.sweep("a/"), await store.sweep("none/")], [true, false, false]);
    assertEquals([await files(`${folder}/a`), await files(`${folder}/a/b`)], [["b"], ["whole"]]);
    assertEquals(await files(`${folder}/other`), ["x", "z.3.~tmp"]);
    await assertRejects(() => store.sweep("../"), RangeError);
  }));

Deno.test("fileStore().sweep() under racing writes loses none of them", () =>
  withFolder(async (folder) => {
    const store = fileStore(folder);
    const keys = Array.from({ length: 40 }, (_, i) => `s/${i % 4}/${i}`);
    const writes = keys.map((key) => store.putIfAbsent(key, new Uint8Array(1000)));
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await store.sweep("s/");
    }
    assertEquals(await Promise.all(writes), keys.map(() => true));
    assertEquals(await store.list("s/"), [...keys].sort());
  }));
