import { assertEquals, assertMatch } from "@std/assert";
import type { Hono } from "hono";
import {
  type AppEnv,
  combineApps,
  createBaseApp,
  createKeyedLock,
  ProblemError,
  readBody,
} from "../../lib/http/mod.ts";
import { ConflictError, NotFoundError } from "../../lib/storage/mod.ts";
import { problemOf, testDeps } from "../_util/http_fixture.ts";

function setUp(why: string | null = null) {
  const deps = { ...testDeps(), limits: { bodyBytes: 10 } };
  const app = createBaseApp(deps, { ready: () => Promise.resolve(why) });
  app.post("/echo", async (c) => c.text(new TextDecoder().decode(await readBody(c))));
  app.get("/throws/:what", (c) => {
    const errors: Record<string, Error> = {
      missing: new NotFoundError("no such model"),
      conflict: new ConflictError("someone was faster"),
      problem: new ProblemError(422, "wrong", [{ field: "a.b", message: "expected c" }]),
      range: new RangeError("a defect with /secret/path"),
    };
    throw errors[c.req.param("what")]!;
  });
  return { deps, app };
}

for (const [what, status] of [["missing", 404], ["conflict", 409], ["problem", 422], ["range", 500]] as const) {
  Deno.test(`createBaseApp() answers ${status} when a handler throws ${what}`, async () => {
    const { app } = setUp();
    const problem = await problemOf(await app.request(`/throws/${what}`));
    assertEquals(problem.status, status);
    assertEquals(problem.detail.includes("secret"), false);
    assertEquals(problem.fields, what === "problem" ? ["a.b"] : []);
  });
}

Deno.test("createBaseApp() answers 404 to unknown paths and 405 with Allow to other methods", async () => {
  const { app } = setUp();
  assertEquals((await problemOf(await app.request("/nothing"))).status, 404);
  const response = await app.request("/echo", { method: "DELETE" });
  assertEquals(response.headers.get("Allow"), "POST");
  assertEquals((await problemOf(response)).status, 405);
});

Deno.test("createBaseApp() keeps a client's fit request id and replaces an unfit one", async () => {
  const { app, deps } = setUp();
  const ask = async (id: string) =>
    (await app.request("/v2/health/live", { headers: { "X-Request-Id": id } })).headers.get("X-Request-Id");
  assertEquals([await ask("abc-1"), await ask("a b"), await ask("x".repeat(200))], ["abc-1", "id-1", "id-2"]);
  assertEquals(deps.logged.map(({ requestId }) => requestId), ["abc-1", "id-1", "id-2"]);
});

Deno.test("createBaseApp() answers ready as it is told", async () => {
  assertEquals((await setUp().app.request("/v2/health/ready")).status, 200);
  const problem = await problemOf(await setUp("no model yet").app.request("/v2/health/ready"));
  assertEquals([problem.status, problem.detail], [503, "no model yet"]);
});

Deno.test("readBody() answers 413 beyond the limit, announced or streamed", async () => {
  const { app } = setUp();
  const post = (body: BodyInit, headers = {}) => app.request("/echo", { method: "POST", body, headers });
  assertEquals(await (await post("0123456789")).text(), "0123456789");
  assertEquals((await problemOf(await post("0123456789a"))).status, 413);
  assertEquals((await problemOf(await post("x", { "Content-Length": "11" }))).status, 413);
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(4));
    },
  });
  assertEquals((await problemOf(await post(endless))).status, 413);
  assertMatch(String(pulled), /^[3-6]$/);
});

Deno.test("readBody() answers 408 to a body that does not end, however busily it trickles", async () => {
  const app = createBaseApp({ ...testDeps(), limits: { bodyMs: 60 } }, { ready: () => Promise.resolve(null) });
  app.post("/", async (c) => c.text(`${(await readBody(c)).length}`));
  let timer: ReturnType<typeof setInterval> | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new Uint8Array(1)), 5);
    },
    cancel() {
      cancelled = true;
      clearInterval(timer);
    },
  });
  const response = await app.request("/", { method: "POST", body });
  assertEquals([response.headers.get("Connection"), cancelled], ["close", true]);
  assertEquals((await problemOf(response)).status, 408);
  assertEquals(await (await app.request("/", { method: "POST", body: "abc" })).text(), "3");
});

Deno.test("readBody() answers 400 to a body that breaks off, and the log calls it no error", async () => {
  const { app, deps } = setUp();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("connection closed before message completed"));
    },
  });
  assertEquals((await problemOf(await app.request("/echo", { method: "POST", body }))).status, 400);
  assertEquals(deps.logged.map(({ level }) => level), ["info"]);
});

Deno.test("a log names no subject: in keys, in quotes, and wherever the id stands when the handler told it", async () => {
  const { app, deps } = setUp();
  app.get("/fails/:subject", (c) => {
    c.set("subject", c.req.param("subject"));
    throw new Error(
      'Cannot read "tenants/default/subjects/a.b-1/current": got {"id":"a.b-1"} of a.b-1, not of xa.b-12',
    );
  });
  app.get("/unknown", () => {
    throw new Error('Cannot load subject "a.b-1": "C:\\\\store\\\\subjects\\\\a.b-1\\\\meta.json" is missing');
  });
  await app.request("/fails/a.b-1");
  await app.request("/unknown");
  const errors = deps.logged.filter(({ level }) => level === "error");
  assertEquals(
    errors[0]!.message,
    'Cannot read "tenants/default/subjects/…/current": got {"id":"…"} of …, not of xa.b-12',
  );
  assertEquals(errors.map((line) => /(?<!x)a\.b-1/.test(JSON.stringify(line))), [false, false]);
});

Deno.test("combineApps() sends requests to the app that knows the path, and is ready when all are", async () => {
  const deps = { ...testDeps(), readiness: [] };
  let why: string | null = "still loading";
  const [one, two, three] = [() => null, () => why, () => null].map((ready) =>
    createBaseApp(deps, { ready: () => Promise.resolve(ready()) })
  ) as [Hono<AppEnv>, Hono<AppEnv>, Hono<AppEnv>];
  one.get("/one", (c) => c.text("one"));
  two.get("/two", (c) => c.text("two"));
  const fetch = combineApps([one, two, three]);
  const ask = (path: string, method = "GET") => fetch(new Request(`http://localhost${path}`, { method }));
  assertEquals(await (await ask("/two")).text(), "two");
  assertEquals((await problemOf(await ask("/two", "PUT"))).status, 405);
  assertEquals((await problemOf(await ask("/three"))).status, 404);
  assertEquals((await problemOf(await ask("/v2/health/ready"))).detail, "still loading");
  why = null;
  deps.logged.length = 0;
  assertEquals((await ask("/v2/health/ready")).status, 200);
  assertEquals(
    deps.logged.map(({ message, route }) => [message, route]),
    [["request", "/v2/health/ready"]],
    "one line",
  );
  assertEquals((await ask("/v2/health/live")).status, 200);
});

Deno.test("createKeyedLock() goes on after a failure and forgets idle keys", async () => {
  const lock = createKeyedLock();
  const results = await Promise.allSettled([
    lock("a", () => Promise.reject(new Error("first"))),
    lock("a", () => Promise.resolve("second")),
  ]);
  assertEquals(results.map(({ status }) => status), ["rejected", "fulfilled"]);
});
