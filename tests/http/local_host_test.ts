import { assertEquals } from "@std/assert";
import { createBaseApp, createKeyring, hashKey, serveUntil } from "../../lib/http/mod.ts";
import { problemOf, testDeps } from "../_util/http_fixture.ts";

async function setUp(keyed: boolean) {
  const keys = createKeyring([{ sha256: await hashKey("k"), tenant: "a", scopes: ["adapt"] }]);
  const deps = { ...testDeps(), ...(keyed && { keys }) };
  let changed = 0;
  const app = createBaseApp(deps, { ready: () => Promise.resolve(null), scope: "adapt" });
  app.post("/things", (c) => c.text(`made ${++changed}`)).get("/things", (c) => c.text("things"));
  const ask = (host: string, path = "/things", init: RequestInit = {}, peer = "127.0.0.1") =>
    app.fetch(new Request(`http://localhost:8000${path}`, { ...init, headers: { ...init.headers, Host: host } }), {
      peer,
    });
  return { app, ask, changed: () => changed };
}

const OWN = ["localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:8000", "127.9.8.7:1", "[::1]", "[::1]:8000"];

const FOREIGN = [
  "evil.example",
  "evil.example:8000",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "127.0.0.1.nip.io:8000",
  "localhost.",
  "evil.localhost.example",
  "0.0.0.0",
  "[::]",
  "[fe80::1]",
  "192.168.0.7:8000",
  "localhost@evil.example",
  "localhost:8000@evil.example",
  "localhost:evil",
  "localhost:800000",
  "[::1",
  "xn--lcalhost-j1a",
];

Deno.test("without keys a server answers to its own names", async () => {
  const { ask } = await setUp(false);
  for (const host of OWN) assertEquals((await ask(host)).status, 200, host);
});

Deno.test("without keys a server that is asked by another name answers 403 and does nothing, whatever is asked", async () => {
  const { ask, changed } = await setUp(false);
  for (const host of FOREIGN) {
    // As the page of a name that was made to lead here would ask: it passes for the server's own.
    const page = { Origin: `http://${host}` };
    for (const init of [{}, { method: "POST", headers: page }, { method: "OPTIONS", headers: page }]) {
      assertEquals((await problemOf(await ask(host, "/things", init))).status, 403, host);
    }
    for (const path of ["/metrics", "/docs", "/openapi.json", "/v2/health/ready", "/nothing"]) {
      assertEquals((await ask(host, path)).status, 403, `${host} ${path}`);
    }
  }
  assertEquals(changed(), 0);
});

Deno.test("a request whose line names another host than its header is refused too", async () => {
  const { app } = await setUp(false);
  const headers = { Host: "localhost" };
  assertEquals((await app.request("http://evil.example/things", { headers })).status, 403);
});

Deno.test("with keys any name will do, but without the key nothing is told to a page of another name", async () => {
  const { ask } = await setUp(true);
  const headers = { Authorization: "Bearer k" };
  for (const host of [...OWN, "api.example"]) assertEquals((await ask(host, "/things", { headers })).status, 200, host);
  for (const path of ["/metrics", "/docs", "/openapi.json"]) {
    assertEquals([(await ask("localhost", path)).status, (await ask("evil.example", path)).status], [200, 401], path);
  }
  // Whoever looks after the process asks by whatever name it has.
  assertEquals((await ask("pod-7.internal", "/v2/health/live")).status, 200);
});

Deno.test("a real server sees through every way of writing another host on the wire", async () => {
  const { app } = await setUp(false);
  const stop = new AbortController();
  const heads: readonly [head: string, status: number][] = [
    ["GET /things HTTP/1.1\r\nHost: localhost\r\n", 200],
    ["GET /things HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n", 200],
    ["GET /things HTTP/1.1\r\nHost: evil.example\r\n", 403],
    ["GET /things HTTP/1.1\r\nhost: evil.example:PORT\r\n", 403],
    ["GET http://evil.example/things HTTP/1.1\r\nHost: evil.example\r\n", 403],
    ["GET http://evil.example/things HTTP/1.1\r\nHost: localhost\r\n", 403],
  ];
  const statuses: number[] = [];
  await serveUntil((request, env) => app.fetch(request, env), {
    port: 0,
    signal: stop.signal,
    log: () => {},
    lingerMs: 0,
    async onListen(url) {
      const { port } = new URL(url);
      for (const [head] of heads) {
        using line = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
        await line.write(new TextEncoder().encode(`${head.replace("PORT", port)}Connection: close\r\n\r\n`));
        const text = await new Response(line.readable).text();
        statuses.push(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]));
      }
      stop.abort();
    },
  });
  assertEquals(statuses, heads.map(([, status]) => status));
});
