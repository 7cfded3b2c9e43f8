import type { Context } from "hono";
import type { AppEnv } from "./app_deps.ts";
import { ProblemError } from "./problem_error.ts";

/**
 * Reads a request's body, never more of it than the limit allows.
 *
 * @param c The request's context; the limit is `limits.bodyBytes`.
 * @returns The bytes.
 * @throws {ProblemError} 413 when the body is larger, before or while reading.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../storage/mod.ts";
 * import { createBaseApp, readBody } from "./mod.ts";
 * const deps = { store: memoryStore(), now: () => 0, newId: () => "id", log: () => {}, limits: { bodyBytes: 3 } };
 * const app = createBaseApp(deps, { ready: () => Promise.resolve(null) });
 * app.post("/", async (c) => c.text(`${(await readBody(c)).length}`));
 * assertEquals(await (await app.request("/", { method: "POST", body: "abc" })).text(), "3");
 * assertEquals((await app.request("/", { method: "POST", body: "abcd" })).status, 413);
 * ```
 */
export async function readBody(c: Context<AppEnv>): Promise<Uint8Array> {
  const limit = c.get("limits").bodyBytes;
  const fail = () => new ProblemError(413, `Cannot read the body: expected at most ${limit} bytes`);
  if (Number(c.req.header("Content-Length") ?? 0) > limit) throw fail();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of c.req.raw.body ?? []) {
    length += part.length;
    if (length > limit) throw fail();
    parts.push(part);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
