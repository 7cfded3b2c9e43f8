import type { ApiKey } from "./api_key.ts";
import { hashKey } from "./hash_key.ts";

/** The keys that a server knows. */
export interface Keyring {
  /** Who has a key, each once. */
  readonly tenants: readonly string[];
  /** The entry of a key, or null when nobody has it. Takes as long for every key, known or not. */
  find(key: string): Promise<ApiKey | null>;
}

/**
 * Makes a keyring.
 *
 * A key is hashed and its hash compared with all entries, byte by byte and to the end, so that the time of an answer
 * tells nothing about how much of a hash was right.
 *
 * @param keys The entries.
 * @returns The keyring.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createKeyring, hashKey } from "./mod.ts";
 * const ring = createKeyring([{ sha256: await hashKey("secret"), tenant: "clinic", scopes: ["predict"] }]);
 * assertEquals([(await ring.find("secret"))?.tenant, await ring.find("Secret")], ["clinic", null]);
 * ```
 */
export function createKeyring(keys: readonly ApiKey[]): Keyring {
  const entries = keys.map((key) => ({ key, hash: Uint8Array.fromHex(key.sha256) }));
  return {
    tenants: [...new Set(keys.map(({ tenant }) => tenant))],
    async find(key) {
      const given = Uint8Array.fromHex(await hashKey(key));
      let found: ApiKey | null = null;
      for (const { key, hash } of entries) {
        let difference = 0;
        for (let i = 0; i < hash.length; i++) difference |= hash[i]! ^ given[i]!;
        found = difference === 0 ? key : found;
      }
      return found;
    },
  };
}
