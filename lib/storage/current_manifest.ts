import { decodeJson } from "./_json.ts";
import { manifestKey, manifestNumbers } from "./_manifest_numbers.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Reads the current manifest of a prefix: the one with the highest number.
 *
 * @param store Where to read.
 * @param prefix Key prefix without a final slash.
 * @returns Number and value, or null when there is none.
 * @throws {SyntaxError} When the manifest is no JSON.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { currentManifest, memoryStore } from "./mod.ts";
 * assertEquals(await currentManifest(memoryStore(), "alias"), null);
 * ```
 */
export async function currentManifest(
  store: ObjectStore,
  prefix: string,
): Promise<{ number: number; value: unknown } | null> {
  const number = (await manifestNumbers(store, prefix)).at(-1);
  if (number === undefined) return null;
  const key = manifestKey(prefix, number);
  const bytes = await store.get(key);
  // Deleted between the two reads: the whole prefix is going.
  return bytes === null ? null : { number, value: decodeJson(bytes, key) };
}
