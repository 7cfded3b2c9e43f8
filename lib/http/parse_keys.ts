import * as z from "zod";
import { duplicateKey } from "../storage/mod.ts";
import { type ApiKey, apiKeySchema } from "./api_key.ts";

/** Every request is compared with every key. */
const MAX_KEYS = 10_000;

/**
 * Reads the text of a keys file: a JSON array of `{sha256, tenant, scopes}`.
 *
 * @param text The text.
 * @returns The keys.
 * @throws {SyntaxError} When it is no JSON, or an object has a field twice.
 * @throws {RangeError} When an entry is wrong, naming its field as `0.sha256`, or a key comes twice. What stands in
 * the field is not repeated: someone may have put the key itself there.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { parseKeys } from "./mod.ts";
 * assertThrows(() => parseKeys('[{"sha256":"x","tenant":"a","scopes":["predict"]}]'), RangeError, "0.sha256: ");
 * ```
 */
export function parseKeys(text: string): ApiKey[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON.parse quotes what it met.
    throw new SyntaxError("expected a JSON array of {sha256, tenant, scopes}, got no JSON");
  }
  if (duplicateKey(text) !== null) throw new SyntaxError("expected every field of an entry once");
  const schema = z.array(apiKeySchema).min(1, { error: "expected at least one key" })
    .max(MAX_KEYS, { error: `expected at most ${MAX_KEYS} keys` });
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
      throw new RangeError(`${path.join(".")}: expected sha256, tenant and scopes`);
    }
    throw new RangeError(`${path.join(".") || "the file"}: ${issue.message}`);
  }
  const seen = new Set<string>();
  for (const [i, { sha256 }] of result.data.entries()) {
    if (seen.has(sha256)) throw new RangeError(`${i}.sha256: expected every key once`);
    seen.add(sha256);
  }
  return result.data;
}
