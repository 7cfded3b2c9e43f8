import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "./app_deps.ts";
import { ProblemError } from "./problem_error.ts";

const HEADER = "X-Request-Timeout-Ms";

/** Milliseconds that a request may take: what the client says, up to the server's own limit. */
function deadlineOf(c: Context<AppEnv>, max: number): number {
  const given = c.req.header(HEADER);
  if (given === undefined) return max;
  const ms = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (ms >= 1 && ms <= max) return ms;
  const message = `expected an integer from 1 to ${max}`;
  throw new ProblemError(422, `Cannot accept the request: ${HEADER}: ${message}`, [{ field: HEADER, message }]);
}

/**
 * Gives a request a signal that aborts when its time is up or its client has left; the reason is the problem that
 * the request ends with, 504 or 499. Work looks at it between its steps.
 */
export function requestSignal(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const ms = deadlineOf(c, c.get("limits").requestMs);
    const controller = new AbortController();
    c.set("signal", controller.signal);
    const late = () => controller.abort(new ProblemError(504, `Cannot answer: the request was not done in ${ms} ms`));
    const left = () => controller.abort(new ProblemError(499, "Cannot answer: the client has left"));
    const timer = setTimeout(late, ms);
    const { signal } = c.req.raw;
    signal.addEventListener("abort", left, { once: true });
    try {
      await next();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", left);
    }
  };
}
