import { duplicateKey } from "../storage/mod.ts";
import { checkJsonSize } from "./_check_json_size.ts";
import { ProblemError } from "./problem_error.ts";

/**
 * Parses bytes as JSON: UTF-8, not too deep, not of too many values, every key once.
 *
 * @param bytes The bytes.
 * @param what What they are, for messages.
 * @throws {ProblemError} 400, or 413.
 */
export function parseJson(bytes: Uint8Array, what = "the body"): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    checkJsonSize(text);
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
