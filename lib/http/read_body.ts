import type { Context } from "hono";
import type { AppEnv } from "./app_deps.ts";
import { ProblemError } from "./problem_error.ts";

/** Announced bodies up to this are read at once: for the platform that is one buffer, but nobody can stop it. */
const AT_ONCE = 256 * 1024;

/** A small body whose length is announced: the server takes no more of it, also where nobody waits any longer. */
async function readAtOnce(request: Request, late: Promise<never>): Promise<Uint8Array> {
  const read = request.arrayBuffer();
  // When it is late, nobody waits for it any more.
  read.catch(() => {});
  return new Uint8Array(await Promise.race([read, late]));
}

/**
 * A body of any length. What has come is copied together: a part, however small, holds 64 KiB.
 *
 * @param check Throws when it has become too long.
 */
async function readInParts(request: Request, late: Promise<never>, check: (length: number) => void) {
  const reader = request.body?.getReader();
  let bytes = new Uint8Array(0);
  let length = 0;
  try {
    while (reader !== undefined) {
      const read = await Promise.race([reader.read(), late]);
      if (read.done) break;
      const end = length + read.value.length;
      check(end);
      if (end > bytes.length) {
        const longer = new Uint8Array(Math.max(end, 2 * bytes.length));
        longer.set(bytes.subarray(0, length));
        bytes = longer;
      }
      bytes.set(read.value, length);
      length = end;
    }
  } catch (error) {
    reader?.cancel().catch(() => {});
    throw error;
  }
  return bytes.slice(0, length);
}

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
  const check = (length: number) => {
    if (length > bodyBytes) throw new ProblemError(413, `Cannot read the body: expected at most ${bodyBytes} bytes`);
  };
  const announced = c.req.header("Content-Length");
  check(Number(announced ?? 0));
  const late = Promise.withResolvers<never>();
  const abort = () => late.reject(signal.reason);
  signal.addEventListener("abort", abort);
  // Nobody may be waiting for it when it comes.
  late.promise.catch(() => {});
  // A client that sends a byte now and then must not hold a request open for ever.
  const timer = setTimeout(() => {
    const message = `Cannot read the body: expected it within ${bodyMs} ms`;
    late.reject(new ProblemError(408, message, [], { Connection: "close" }));
  }, bodyMs);
  try {
    const small = announced !== undefined && Number(announced) <= AT_ONCE;
    if (!small) return await readInParts(c.req.raw, late.promise, check);
    const bytes = await readAtOnce(c.req.raw, late.promise);
    check(bytes.length);
    return bytes;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    // The client hung up or sent broken chunks: its doing, not a defect.
    throw new ProblemError(400, "Cannot read the body: it broke off");
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
