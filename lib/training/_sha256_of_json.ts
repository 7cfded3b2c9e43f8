import { canonicalJson, sha256 } from "../storage/mod.ts";

/** SHA-256 of a value's canonical JSON. */
export async function sha256OfJson(value: unknown): Promise<string> {
  return await sha256(new TextEncoder().encode(canonicalJson(value)));
}
