import { assertEquals, assertRejects } from "@std/assert";
import { z } from "zod";
import { type ApiRoute, createBaseApp, ProblemError } from "../../lib/http/mod.ts";
import { checked } from "./checked.ts";
import { testDeps } from "./http_fixture.ts";

Deno.test("checked() notices an answer that is not as it is described", async () => {
  const answers = { 200: { description: "A number.", schema: z.strictObject({ a: z.number() }) } };
  const routes: ApiRoute[] = [{ method: "get", path: "/v1/as/{a}", id: "a", summary: "A.", answers, problems: [404] }];
  const deps = testDeps();
  const app = checked(createBaseApp(deps, { ready: () => Promise.resolve(null), routes }), deps.api);
  app.get("/v1/as/:a", (c) => {
    const a = c.req.param("a");
    if (a === "missing") throw new ProblemError(404, "none");
    if (a === "busy") throw new ProblemError(409, "busy");
    if (a === "made") return c.json({ a: 1 }, 201);
    return a === "text" ? c.text("1") : c.json(a === "more" ? { a: 1, b: 2 } : { a: Number(a) });
  });
  app.get("/v1/secret", (c) => c.json({}));
  for (const path of ["/v1/as/1", "/v1/as/missing", "/v2/health/live", "/metrics", "/docs", "/nothing"]) {
    await (await app.request(path)).text();
  }
  assertEquals(await (await app.request("/v1/as/7")).json(), { a: 7 });
  for (const path of ["/v1/as/busy", "/v1/as/made", "/v1/as/text", "/v1/as/more", "/v1/secret"]) {
    await assertRejects(async () => await app.request(path), Error, "against its description");
  }
});
