import { duplicateKey } from "../storage/mod.ts";
import { checkJsonSize } from "./_check_json_size.ts";
import { ProblemError } from "./problem_error.ts";

/** Values and brackets of a body; 64 clips of 300 frames have some 20 000. */
const MAX_VALUES = 100_000;

/** Options of {@linkcode parseJson}. */
export interface ParseJsonOptions {
  /** What the bytes are, for messages. @default {"the body"} */
  readonly what?: string;
  /** Values and brackets that they may hold. @default {100_000} */
  readonly maxValues?: number;
}

/**
 * Parses bytes as JSON: UTF-8, not too deep, not of too many values, every key once.
 *
 * @param bytes The bytes.
 * @param options What they are called in errors, and how many values they may hold.
 * @returns The value; what it holds is still to be checked.
 * @throws {ProblemError} 400, or 413 when there are too many values or levels.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { parseJson, ProblemError } from "./mod.ts";
 * const bytes = (text: string) => new TextEncoder().encode(text);
 * assertEquals(parseJson(bytes('{"a":1}')), { a: 1 });
 * assertThrows(() => parseJson(bytes('{"a":1,"a":2}')), ProblemError, "twice");
 * ```
 */
export function parseJson(bytes: Uint8Array, options: ParseJsonOptions = {}): unknown {
  const { what = "the body", maxValues = MAX_VALUES } = options;
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    checkJsonSize(text, maxValues);
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(400, `Cannot read ${what}: expected JSON, got ${(error as Error).message}`);
  }
  const twice = duplicateKey(text);
  if (twice !== null) {
    throw new ProblemError(400, `Cannot read ${what}: expected every key once, got "${twice.slice(0, 100)}" twice`);
  }
  return value;
}
