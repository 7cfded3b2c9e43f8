import type { Context } from "hono";
import type { AppEnv } from "./app_deps.ts";
import { parseJson } from "./parse_json.ts";
import { ProblemError } from "./problem_error.ts";
import { readBody } from "./read_body.ts";

/**
 * Parses a JSON request body.
 *
 * @param c The request's context.
 * @returns The value; what it holds is still to be checked.
 * @throws {ProblemError} 415 when the media type is not JSON, 413 when the body is too large, too deep or of too many values, 400 when it is no JSON
 * or an object in it has a key twice: parsers disagree on which of the two counts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../storage/mod.ts";
 * import { createBaseApp, readJson } from "./mod.ts";
 * const deps = { store: memoryStore(), now: () => 0, newId: () => "id", log: () => {} };
 * const app = createBaseApp(deps, { ready: () => Promise.resolve(null) });
 * app.post("/", async (c) => c.json(await readJson(c) as object));
 * const headers = { "Content-Type": "application/json" };
 * assertEquals((await app.request("/", { method: "POST", headers, body: "{" })).status, 400);
 * ```
 */
export async function readJson(c: Context<AppEnv>): Promise<unknown> {
  const type = c.req.header("Content-Type") ?? "none";
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type)) {
    throw new ProblemError(415, `Cannot read the body: expected application/json, got ${type}`);
  }
  return parseJson(await readBody(c));
}
