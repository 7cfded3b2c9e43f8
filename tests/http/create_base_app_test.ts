import { assertEquals, assertLess, assertMatch } from "@std/assert";
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

for (
  const [what, headers] of [["whose length is not known", {}], ["of a megabyte", {
    "Content-Length": "1000000",
  }]] as const
) {
  Deno.test(`readBody() answers 408 to a body that does not end, however busily it trickles, and reads no more: ${what}`, async () => {
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
    const response = await app.request("/", { method: "POST", body, headers });
    assertEquals([response.headers.get("Connection"), cancelled], ["close", true]);
    assertEquals((await problemOf(response)).status, 408);
    assertEquals(await (await app.request("/", { method: "POST", body: "abc" })).text(), "3");
  });
}

Deno.test("readBody() puts parts of any size together", async () => {
  const app = createBaseApp({ ...testDeps(), limits: { bodyBytes: 5000 } }, { ready: () => Promise.resolve(null) });
  app.post("/", async (c) => c.body(new Uint8Array(await readBody(c))));
  const whole = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  for (const part of [1, 7, 64, 4999, 5000]) {
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= whole.length) return controller.close();
        controller.enqueue(whole.slice(at, at += part));
      },
    });
    assertEquals(await (await app.request("/", { method: "POST", body })).bytes(), whole, `${part}`);
  }
});

Deno.test("readBody() answers 408 to an announced body that trickles, and 400 to one that ends early, on a real port", async () => {
  const deps = testDeps();
  const app = createBaseApp({ ...deps, limits: { bodyMs: 100 } }, { ready: () => Promise.resolve(null) });
  app.post("/", async (c) => c.text(`${(await readBody(c)).length}`));
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => app.fetch(request, {}));
  const { port } = server.addr;
  const open = async (start: string) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n${start}`));
    return connection;
  };
  try {
    const slow = await open("Content-Length: 1000\r\n\r\n1");
    const trickle = setInterval(() => slow.write(Uint8Array.of(49)).catch(() => {}), 10);
    const begun = performance.now();
    const answer = new Uint8Array(100);
    await slow.read(answer);
    assertLess(performance.now() - begun, 2000);
    clearInterval(trickle);
    slow.close();
    assertMatch(new TextDecoder().decode(answer), /^HTTP\/1.1 408 /);
    const gone = await open("Content-Length: 1000\r\n\r\n1");
    gone.close();
    const after = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: "abc" });
    assertEquals(await after.text(), "3");
    for (let i = 0; i < 50 && deps.logged.length < 3; i++) await new Promise((resolve) => setTimeout(resolve, 20));
    const statuses = deps.logged.map(({ status }) => status);
    assertEquals(statuses.toSorted(), [200, 400, 408].toSorted());
    assertEquals(deps.logged.filter(({ level }) => level === "error"), []);
  } finally {
    await server.shutdown();
  }
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
