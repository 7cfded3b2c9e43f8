import type { Hono } from "hono";
import { z } from "zod";
import { type ApiRoute, type AppEnv, problemSchema } from "../../lib/http/mod.ts";

/** A path of a route as a pattern. */
function matches(route: ApiRoute, method: string, path: string): boolean {
  const pattern = route.path.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^/]+");
  return route.method.toUpperCase() === method && new RegExp(`^${pattern}$`).test(path);
}

async function check(routes: readonly ApiRoute[], request: Request, response: Response): Promise<void> {
  const { method } = request;
  const path = new URL(request.url).pathname;
  const route = routes.find((known) => matches(known, method, path));
  const fail = (why: unknown) =>
    new Error(`${method} ${path} answers ${response.status} against its description: ${why}`);
  const type = (response.headers.get("Content-Type") ?? "").split(";")[0]!;
  if (!response.ok) {
    if (type !== "application/problem+json") throw fail(`a problem of type ${type}`);
    const parsed = problemSchema.safeParse(await response.clone().json());
    if (!parsed.success) throw fail(parsed.error);
    const known = [401, 403, 405, 422, 429, 499, 500, 504, ...(route?.problems ?? [])];
    if (route !== undefined && !known.includes(response.status)) throw fail("not among its problems");
    return;
  }
  if (route === undefined) throw fail("there is no such route");
  const answer = route.answers[response.status];
  if (answer === undefined) throw fail("not among its answers");
  if (answer.schema === undefined) {
    if (response.body !== null) throw fail("a body");
    return;
  }
  if (answer.binary !== undefined && type === "application/octet-stream") return;
  if (type !== (answer.type ?? "application/json")) throw fail(`type ${type}`);
  if (!(answer.schema instanceof z.ZodType)) return;
  const parsed = answer.schema.safeParse(await response.clone().json());
  if (!parsed.success) throw fail(parsed.error);
}

/**
 * An app whose every answer is compared with what it says of its routes.
 *
 * @param app The app.
 * @param api The list that its dependencies have as `api`.
 */
export function checked(app: Hono<AppEnv>, api: readonly ApiRoute[]): Hono<AppEnv> {
  const { fetch } = app;
  app.fetch = async (request, ...rest) => {
    const response = await fetch(request, ...rest);
    await check(api, request, response);
    return response;
  };
  return app;
}
