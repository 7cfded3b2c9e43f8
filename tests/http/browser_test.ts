import { assertEquals, assertMatch } from "@std/assert";
import { createBaseApp, createKeyring, hashKey } from "../../lib/http/mod.ts";
import { problemOf, testDeps } from "../_util/http_fixture.ts";

async function setUp(origins: string[] = []) {
  const keys = createKeyring([{ sha256: await hashKey("k"), tenant: "a", scopes: ["adapt"] }]);
  const deps = { ...testDeps(), origins };
  const make = (more = {}) => {
    const app = createBaseApp({ ...deps, ...more }, { ready: () => Promise.resolve(null), scope: "adapt" });
    return app.post("/things", (c) => c.text("made")).get("/things", (c) => c.text("things"));
  };
  return { deps, app: make(), keyed: make({ keys }) };
}

const LISTED = "https://app.example";
const from = (origin: string, method = "POST", more = {}) => ({ method, headers: { Origin: origin, ...more } });

Deno.test("CORS is off: pages of other origins read no answer and change nothing, the server's own may", async () => {
  const { app } = await setUp();
  for (const origin of [LISTED, "http://localhost:81", "null", "http://localhost.evil", "http://evil/localhost"]) {
    const response = await app.request("/things", from(origin));
    assertEquals(response.headers.get("Access-Control-Allow-Origin"), null);
    assertEquals((await problemOf(response)).status, 403, origin);
    const read = await app.request("/things", from(origin, "GET"));
    assertEquals([read.status, read.headers.get("Access-Control-Allow-Origin")], [200, null]);
    const asked = await app.request("/things", from(origin, "OPTIONS", { "Access-Control-Request-Method": "POST" }));
    assertEquals([asked.status, asked.headers.get("Access-Control-Allow-Origin")], [405, null]);
  }
  assertEquals((await app.request("/things", from("http://localhost"))).status, 200);
  assertEquals((await app.request("/things", { method: "POST" })).status, 200);
});

Deno.test("pages of listed origins may ask, with a key, and read errors too", async () => {
  const { app, keyed } = await setUp([LISTED]);
  const question = from(LISTED, "OPTIONS", { "Access-Control-Request-Method": "POST" });
  const asked = await keyed.request("/things", question);
  assertEquals(asked.status, 204);
  assertEquals(asked.headers.get("Access-Control-Allow-Origin"), LISTED);
  assertEquals(asked.headers.get("Access-Control-Allow-Methods"), "GET, POST");
  assertMatch(asked.headers.get("Access-Control-Allow-Headers")!, /Authorization, Content-Type/);
  assertEquals(asked.headers.get("Access-Control-Allow-Credentials"), null);
  for (const [key, status] of [["k", 200], ["x", 401]] as const) {
    const response = await keyed.request("/things", from(LISTED, "POST", { Authorization: `Bearer ${key}` }));
    assertEquals([response.status, response.headers.get("Access-Control-Allow-Origin")], [status, LISTED]);
    assertMatch(response.headers.get("Access-Control-Expose-Headers")!, /Retry-After/);
    assertEquals(response.headers.get("Vary"), "Origin");
  }
  const plain = await app.request("/things");
  assertEquals([plain.headers.get("Vary"), plain.headers.get("Access-Control-Allow-Origin")], ["Origin", null]);
  assertEquals((await app.request("/things", from("https://other.example"))).status, 403);
});

Deno.test("every answer, errors too, tells browsers that it is data", async () => {
  const { app } = await setUp();
  for (const path of ["/things", "/nothing", "/v2/health/live"]) {
    const { headers } = await app.request(path);
    assertEquals(
      ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control"].map((name) =>
        headers.get(name)
      ),
      ["nosniff", "DENY", "no-referrer", "no-store"],
    );
    assertMatch(headers.get("Content-Security-Policy")!, /^default-src 'none'; frame-ancestors 'none'$/);
  }
  assertMatch((await app.request("/docs")).headers.get("Content-Security-Policy")!, /style-src/);
});

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

for (
  const [why, given, kept, flags] of [
    ["a sampled trace", `00-${TRACE}-${PARENT}-01`, true, "01"],
    ["one that is not sampled", `00-${TRACE}-${PARENT}-00`, true, "00"],
    ["unknown flags", `00-${TRACE}-${PARENT}-ff`, true, "01"],
    ["a later version", `cc-${TRACE}-${PARENT}-01-what-comes`, true, "01"],
    ["nothing", undefined, false, "00"],
    ["version ff", `ff-${TRACE}-${PARENT}-01`, false, "00"],
    ["more than version 00 has", `00-${TRACE}-${PARENT}-01-x`, false, "00"],
    ["upper case", `00-${TRACE.toUpperCase()}-${PARENT}-01`, false, "00"],
    ["a trace of zeros", `00-${"0".repeat(32)}-${PARENT}-01`, false, "00"],
    ["a parent of zeros", `00-${TRACE}-${"0".repeat(16)}-01`, false, "00"],
    ["too few digits", `00-${TRACE.slice(1)}-${PARENT}-01`, false, "00"],
  ] as const
) {
  Deno.test(`traceparent with ${why} is ${kept ? "continued" : "begun anew"}, in answer and log`, async () => {
    const { app, deps } = await setUp();
    const headers: Record<string, string> = given === undefined ? {} : { traceparent: given };
    for (const path of ["/things", "/nothing"]) {
      const answer = (await app.request(path, { headers })).headers.get("traceparent")!;
      const [, trace, span, sampled] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(answer)!;
      assertEquals([trace === TRACE, span === PARENT, sampled], [kept, false, flags]);
      assertEquals(deps.logged.at(-1)!.traceId, trace!);
    }
  });
}
