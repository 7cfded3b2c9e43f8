/**
 * SHA-256 of bytes.
 *
 * @param bytes Any.
 * @returns 64 lower-case hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { sha256 } from "./mod.ts";
 * assertMatch(await sha256(new Uint8Array()), /^e3b0c442[0-9a-f]{56}$/);
 * ```
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  // Web Crypto takes no view on a SharedArrayBuffer.
  const plain = bytes.buffer instanceof ArrayBuffer ? bytes as Uint8Array<ArrayBuffer> : new Uint8Array(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", plain)).toHex();
}
