import type { Context } from "hono";
import type { AppEnv } from "./app_deps.ts";
import { ProblemError } from "./problem_error.ts";

/**
 * Reads a request's body, never more of it and never longer than the limits allow.
 *
 * @param c The request's context; the limits are `limits.bodyBytes` and `limits.bodyMs`.
 * @returns The bytes.
 * @throws {ProblemError} 413 when the body is larger, before or while reading; 408 when it takes too long, 504 when that
 * is the request's own deadline; 400 when it breaks off.
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
  const { bodyBytes, bodyMs } = c.get("limits");
  const signal = c.get("signal");
  const fail = () => new ProblemError(413, `Cannot read the body: expected at most ${bodyBytes} bytes`);
  if (Number(c.req.header("Content-Length") ?? 0) > bodyBytes) throw fail();
  const reader = c.req.raw.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  const late = Promise.withResolvers<"late">();
  const abort = () => late.reject(signal.reason);
  signal.addEventListener("abort", abort);
  // Nobody may be waiting for it when it comes.
  late.promise.catch(() => {});
  // A client that sends a byte now and then must not hold a request open for ever.
  const timer = setTimeout(() => late.resolve("late"), bodyMs);
  try {
    while (reader !== undefined) {
      const read = await Promise.race([reader.read(), late.promise]);
      if (read === "late") {
        throw new ProblemError(408, `Cannot read the body: expected it within ${bodyMs} ms`, [], {
          Connection: "close",
        });
      }
      if (read.done) break;
      length += read.value.length;
      if (length > bodyBytes) throw fail();
      parts.push(read.value);
    }
  } catch (error) {
    reader?.cancel().catch(() => {});
    if (error instanceof ProblemError) throw error;
    // The client hung up or sent broken chunks: its doing, not a defect.
    throw new ProblemError(400, "Cannot read the body: it broke off");
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
