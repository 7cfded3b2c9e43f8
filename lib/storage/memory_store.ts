import { checkKey } from "./_check_key.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Opens an empty object store that lives in memory, for tests and trials.
 *
 * @returns The store; it copies bytes in and out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "./mod.ts";
 * const store = memoryStore();
 * await store.put("a/b", new Uint8Array([1]));
 * assertEquals(await store.list("a/"), ["a/b"]);
 * ```
 */
export function memoryStore(): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    url: "memory:",
    check: () => Promise.resolve(),
    // deno-lint-ignore require-await
    async get(key) {
      checkKey(key);
      const bytes = objects.get(key);
      return bytes === undefined ? null : new Uint8Array(bytes);
    },
    // deno-lint-ignore require-await
    async put(key, bytes) {
      checkKey(key);
      objects.set(key, new Uint8Array(bytes));
    },
    // deno-lint-ignore require-await
    async putIfAbsent(key, bytes) {
      checkKey(key);
      if (objects.has(key)) return false;
      objects.set(key, new Uint8Array(bytes));
      return true;
    },
    // deno-lint-ignore require-await
    async list(prefix) {
      return [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    // deno-lint-ignore require-await
    async delete(key) {
      checkKey(key);
      objects.delete(key);
    },
    // deno-lint-ignore require-await
    async deletePrefix(prefix) {
      checkKey(prefix.replace(/\/$/, ""));
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix));
      for (const key of keys) objects.delete(key);
      return keys.length > 0;
    },
    sweep: () => Promise.resolve(false),
  };
}
