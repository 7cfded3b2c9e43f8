import type { Hono, MiddlewareHandler } from "hono";
import { allowedMethods } from "./allowed_methods.ts";
import type { Scope } from "./api_key.ts";
import type { AppEnv } from "./app_deps.ts";
import type { RateLimiter } from "./create_rate_limiter.ts";
import type { Keyring } from "./create_keyring.ts";
import { isLocalHost } from "./_is_local_host.ts";
import { isLoopback } from "./_is_loopback.ts";
import { ProblemError } from "./problem_error.ts";

/** Whoever looks after the process asks these, without a key. */
const OPEN: readonly string[] = ["/v2/health/live", "/v2/health/ready"];

/** What this machine may read without a key, and elsewhere any key may. */
const LOCAL: readonly string[] = ["/metrics", "/docs", "/openapi.json"];

/** Tells that a proxy passed a request on: its peer is the proxy, not the client. */
const FORWARDED: readonly string[] = ["Forwarded", "X-Forwarded-For", "Via"];

function unauthorized(why: string, error: string): ProblemError {
  return new ProblemError(401, `Cannot accept the request: expected "Authorization: Bearer KEY", got ${why}`, [], {
    "WWW-Authenticate": `Bearer realm="lightman"${error}`,
  });
}

function bearerToken(header: string | undefined): string {
  if (header === undefined) throw unauthorized("none", "");
  const token = /^Bearer +([A-Za-z0-9._~+/-]{1,512}=*) *$/i.exec(header)?.[1];
  if (token === undefined) throw unauthorized("something else", ', error="invalid_request"');
  return token;
}

/**
 * Gives a request the tenant of its key: 401 without a key or with one that nobody has, 403 where the key lacks the
 * app's scope, 429 when the key makes too many requests. Without a keyring everyone is the tenant "default" who asks this
 * machine by a name of its own; 403 for others.
 */
export function authenticate(
  app: Hono<AppEnv>,
  keys: Keyring | undefined,
  scope: Scope | undefined,
  limiter: RateLimiter | undefined,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set("tenant", "default");
    const { path } = c.req;
    if (keys === undefined) {
      if (!isLocalHost(c)) {
        const why = "without keys (LIGHTMAN_KEYS) the server answers to localhost and loopback addresses only";
        throw new ProblemError(403, `Cannot accept the request: ${why}, got another Host`);
      }
      return await next();
    }
    if (OPEN.includes(path)) return await next();
    const header = c.req.header("Authorization");
    const shared = LOCAL.includes(path);
    const peer = c.env?.peer;
    if (shared && header === undefined && peer !== undefined && isLoopback(peer) && isLocalHost(c)) {
      if (FORWARDED.every((name) => c.req.header(name) === undefined)) return await next();
    }
    const key = await keys.find(bearerToken(header));
    if (key === null) throw unauthorized("a key that the server does not know", ', error="invalid_token"');
    c.set("tenant", key.tenant);
    const wait = limiter?.take(key.sha256) ?? 0;
    if (wait > 0) {
      throw new ProblemError(429, "Cannot accept the request: the key has made too many in a short time", [], {
        "Retry-After": String(Math.ceil(wait)),
      });
    }
    // What is not there is 404 with any key.
    const known = shared || allowedMethods(app, path).length === 0;
    if (!known && scope !== undefined && !key.scopes.includes(scope)) {
      throw new ProblemError(403, `Cannot accept the request: the key lacks the scope ${scope}`, [], {
        "WWW-Authenticate": `Bearer realm="lightman", error="insufficient_scope", scope="${scope}"`,
      });
    }
    await next();
  };
}
