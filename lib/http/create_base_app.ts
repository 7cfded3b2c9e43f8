import { Hono } from "hono";
import { routePath } from "hono/route";
import { allowedMethods } from "./allowed_methods.ts";
import type { ApiRoute } from "./api_route.ts";
import type { Scope } from "./api_key.ts";
import type { AppDeps, AppEnv, Readiness } from "./app_deps.ts";
import { requestSignal } from "./_request_signal.ts";
import { cors } from "./_cors.ts";
import { traceContext } from "./_trace_context.ts";
import { BASE_ROUTES } from "./_base_routes.ts";
import { DOCS_POLICY, renderDocs } from "./_render_docs.ts";
import { openapiDocument } from "./openapi_document.ts";
import { authenticate } from "./_authenticate.ts";
import { type Answered, measureRequests } from "./_measure_requests.ts";
import { createMetrics } from "./create_metrics.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { ProblemError } from "./problem_error.ts";
import { problemResponse, toProblem } from "./_problem_response.ts";
import { withoutSubjects } from "./_without_subjects.ts";

/** What every answer says to browsers: it is data and no page, and nobody on the way keeps it. */
const SECURITY: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** Options of {@linkcode createBaseApp}. */
export interface BaseAppOptions {
  /** Tells whether the function can work. */
  readonly ready: Readiness;
  /** What a key must be for, to use the routes of this app. @default {any key} */
  readonly scope?: Scope;
  /** What `/openapi.json` and `/docs` say of the routes that the app will have. @default {nothing} */
  readonly routes?: readonly ApiRoute[];
}

/**
 * Makes the Hono app that every function starts from.
 *
 * It gives every request an id (`X-Request-Id`, the client's own when it is a fit name), a place in a trace
 * (`traceparent`) and the tenant of its key (401
 * without a fit key, 403 for another scope), logs a line with route, status and milliseconds, answers `GET /v2/health/live`, `/v2/health/ready`, `/metrics`,
 * `/openapi.json` and `/docs`, and turns errors into
 * `application/problem+json`: 404 and 405 with `Allow` for unknown routes, {@linkcode ProblemError} as it says,
 * storage's NotFoundError and ConflictError as 404 and 409, anything else as a masked 500 that only the log explains.
 *
 * @param deps Store, clock, log.
 * @param options Readiness.
 * @returns The app, ready for routes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../storage/mod.ts";
 * import { createBaseApp } from "./mod.ts";
 * const deps = { store: memoryStore(), now: () => 0, newId: () => "id", log: () => {} };
 * const app = createBaseApp(deps, { ready: () => Promise.resolve(null) });
 * assertEquals((await app.request("/v2/health/live")).status, 200);
 * ```
 */
export function createBaseApp(deps: AppDeps, options: BaseAppOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const metrics = deps.metrics ?? createMetrics();
  const measure = measureRequests(metrics);
  const random = deps.random ?? ((bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)));
  const api = deps.api ?? [];
  api.push(...BASE_ROUTES, ...(options.routes ?? []));
  const readiness = deps.readiness ?? [];
  readiness.push(options.ready);
  // Made when somebody asks: apps that share the list may still add to it.
  const document = () => openapiDocument(api, { keyed: deps.keys !== undefined });

  app.use("*", async (c, next) => {
    const started = deps.now();
    const given = c.req.header("X-Request-Id");
    const requestId = given !== undefined && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : deps.newId();
    const trace = traceContext(c.req.header("traceparent"), random);
    c.set("requestId", requestId);
    c.set("traceId", trace.traceId);
    c.set("limits", limits);
    measure.begin();
    let answered: Answered | null = null;
    try {
      await next();
      // The pattern, not the path: a path may name a person.
      const route = routePath(c, -1);
      answered = { method: c.req.method, route, status: c.res.status, ms: deps.now() - started };
    } finally {
      measure.end(answered);
    }
    // Not by c.header(), which makes a finished answer anew for every header.
    const { headers } = c.res;
    headers.set("X-Request-Id", requestId);
    headers.set("traceparent", trace.traceparent);
    for (const [name, value] of Object.entries(SECURITY)) {
      // The docs have a policy of their own.
      if (!headers.has(name)) headers.set(name, value);
    }
    deps.log({
      level: "info",
      message: "request",
      requestId,
      traceId: trace.traceId,
      ...answered,
      ms: Math.round(answered.ms * 10) / 10,
    });
  });

  app.use("*", cors(app, deps.origins ?? []));
  app.use("*", requestSignal());
  app.use("*", authenticate(app, deps.keys, options.scope, deps.limiter));

  app.notFound((c) => {
    const allowed = allowedMethods(app, c.req.path);
    const detail = `Expected ${allowed.join(" or ")} at this path, got ${c.req.method}`;
    // Returned, not thrown: an error here would pass by the middleware.
    return problemResponse(
      allowed.length === 0
        ? new ProblemError(404, "There is nothing at this path")
        : new ProblemError(405, detail, [], { Allow: allowed.join(", ") }),
      c.get("requestId"),
      c.req.path,
    );
  });

  app.onError((error, c) => {
    const requestId = c.get("requestId");
    const problem = toProblem(error);
    if (problem !== null) return problemResponse(problem, requestId, c.req.path);
    deps.log({
      level: "error",
      message: withoutSubjects(error.message, c.get("subject")),
      requestId,
      traceId: c.get("traceId"),
      stack: withoutSubjects(error.stack ?? "", c.get("subject")),
    });
    return problemResponse(new ProblemError(500, "The server failed; its log has the details"), requestId, c.req.path);
  });

  app.get("/v2/health/live", (c) => c.json({ live: true }));
  app.get("/v2/health/ready", async (c) => {
    if (deps.stopping?.aborted) throw new ProblemError(503, "The server is stopping");
    const why = (await Promise.all(readiness.map((ready) => ready()))).find((reason) => reason !== null);
    if (why !== undefined) throw new ProblemError(503, why);
    return c.json({ ready: true });
  });
  app.get(
    "/metrics",
    (c) => c.body(metrics.render(), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }),
  );
  app.get("/openapi.json", (c) => c.json(document()));
  app.get("/docs", (c) => c.html(renderDocs(document()), 200, { "Content-Security-Policy": DOCS_POLICY }));
  return app;
}
