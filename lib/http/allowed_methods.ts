import type { Env, Hono } from "hono";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Lists the methods that an app has a route for at a path; middleware does not count.
 *
 * @param app The app.
 * @param path URL path.
 * @returns Methods, empty when the path is unknown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Hono } from "hono";
 * import { allowedMethods } from "./mod.ts";
 * const app = new Hono().get("/a/:id", (c) => c.text("a")).use("*", (_, next) => next());
 * assertEquals(allowedMethods(app, "/a/1"), ["GET"]);
 * assertEquals(allowedMethods(app, "/b"), []);
 * ```
 */
export function allowedMethods<E extends Env>(app: Hono<E>, path: string): string[] {
  return METHODS.filter((method) => app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL"));
}
