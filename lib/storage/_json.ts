import { canonicalJson } from "./canonical_json.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Bytes of canonical JSON, indented for human readers, with a final newline. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value, 2) + "\n");
}

/**
 * Reads a JSON object of a store.
 *
 * @throws {SyntaxError} When the bytes are no UTF-8 or no JSON, naming the key.
 */
export function decodeJson(bytes: Uint8Array, key: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    // Without the piece of the text that the parser quotes: it may name a person, and messages are logged.
    const message = (error as Error).message.replace(/, (?:\.\.\.)?".*$/s, "");
    throw new SyntaxError(`Cannot read "${key}": expected JSON, got ${message}`);
  }
}
