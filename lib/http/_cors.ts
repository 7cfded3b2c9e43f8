import type { Context, Hono, MiddlewareHandler } from "hono";
import { allowedMethods } from "./allowed_methods.ts";
import type { AppEnv } from "./app_deps.ts";
import { ProblemError } from "./problem_error.ts";

/** What a page may send, and what it may read. */
const REQUEST_HEADERS = [
  ...["Authorization", "Content-Type", "Idempotency-Key", "Inference-Header-Content-Length", "Last-Event-ID"],
  ...["traceparent", "tracestate", "X-Request-Id", "X-Request-Timeout-Ms"],
].join(", ");
const ANSWER_HEADERS = [
  ...["Idempotency-Replayed", "Inference-Header-Content-Length", "Location", "Retry-After", "Server-Timing"],
  ...["traceparent", "WWW-Authenticate", "X-Request-Id"],
].join(", ");

/** Seconds that a browser remembers an answer to its question. */
const MAX_AGE = "600";

/** Whether a page of the server itself asks. */
function isOwn(c: Context<AppEnv>, origin: string): boolean {
  try {
    return new URL(origin).host === new URL(c.req.url).host;
  } catch {
    return false;
  }
}

/**
 * Lets pages of the listed origins use the server (CORS), and refuses what pages of others would change.
 *
 * Browsers send some requests to any server without asking first, forms among them; so without keys any page could
 * calibrate on the server of whoever looks at it.
 *
 * Source: Fetch Standard, section 3.2
 */
export function cors(app: Hono<AppEnv>, origins: readonly string[]): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const origin = c.req.header("Origin");
    if (origins.length > 0) c.header("Vary", "Origin", { append: true });
    if (origin === undefined || isOwn(c, origin)) return await next();
    const listed = origins.includes(origin);
    const wanted = c.req.header("Access-Control-Request-Method");
    if (listed) {
      c.header("Access-Control-Allow-Origin", origin);
      c.header("Access-Control-Expose-Headers", ANSWER_HEADERS);
    }
    if (listed && c.req.method === "OPTIONS" && wanted !== undefined) {
      c.header("Access-Control-Allow-Methods", allowedMethods(app, c.req.path).join(", "));
      c.header("Access-Control-Allow-Headers", REQUEST_HEADERS);
      c.header("Access-Control-Max-Age", MAX_AGE);
      return c.body(null, 204);
    }
    if (!listed && !["GET", "HEAD", "OPTIONS"].includes(c.req.method)) {
      throw new ProblemError(403, "Cannot accept the request: pages of this origin may not use the server");
    }
    await next();
    // An answer that was made anew, a problem for instance, has lost them.
    if (listed) {
      c.header("Access-Control-Allow-Origin", origin);
      c.header("Access-Control-Expose-Headers", ANSWER_HEADERS);
    }
    if (origins.length > 0) c.header("Vary", "Origin");
  };
}
