import type { Hono } from "hono";
import { allowedMethods } from "./allowed_methods.ts";
import type { AppEnv } from "./app_deps.ts";

/**
 * Puts several functions behind one port, for development.
 *
 * A request goes to the first app that knows its path. Apps that share `readiness` are ready when all are, and those that
 * share `api` describe themselves together.
 *
 * @param apps The functions' apps, at least one.
 * @returns A handler of requests.
 * @throws {RangeError} When there is no app.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../storage/mod.ts";
 * import { combineApps, createBaseApp } from "./mod.ts";
 * const deps = { store: memoryStore(), now: () => 0, newId: () => "id", log: () => {} };
 * const make = () => createBaseApp(deps, { ready: () => Promise.resolve(null) });
 * const fetch = combineApps([make().get("/a", (c) => c.text("a")), make().get("/b", (c) => c.text("b"))]);
 * assertEquals(await (await fetch(new Request("http://localhost/b"))).text(), "b");
 * ```
 */
export function combineApps(
  apps: readonly Hono<AppEnv>[],
): (request: Request, env?: AppEnv["Bindings"]) => Promise<Response> {
  const first = apps[0];
  if (first === undefined) throw new RangeError("Cannot combine apps: expected at least one, got none");
  return async (request, env = {}) => {
    const { pathname } = new URL(request.url);
    return await (apps.find((app) => allowedMethods(app, pathname).length > 0) ?? first).fetch(request, env);
  };
}
