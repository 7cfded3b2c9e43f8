/**
 * Hashes an API key as the keys file holds it. A key is long and random, so one round of SHA-256 is enough.
 *
 * @param key The key.
 * @returns SHA-256 of its UTF-8 bytes, 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { hashKey } from "./mod.ts";
 * assertMatch(await hashKey("abc"), /^ba7816bf8f01cfea/);
 * ```
 *
 * Source: FIPS 180-4
 */
export async function hashKey(key: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))).toHex();
}
