import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ApiKey,
  createBaseApp,
  createKeyring,
  hashKey,
  loadKeyring,
  parseKeys,
  type Scope,
} from "../../lib/http/mod.ts";
import { problemOf, testDeps } from "../_util/http_fixture.ts";

const HASH = "0".repeat(64);
const entry = (changes: object = {}) => ({ sha256: HASH, tenant: "clinic", scopes: ["predict"], ...changes });
const SECRET = "lm_very-secret";

for (
  const [why, text, message] of [
    ["no JSON", `{ "${SECRET}`, "expected a JSON array"],
    ["no array", JSON.stringify(entry()), "the file: "],
    ["no key", "[]", "the file: expected at least one key"],
    ["a key instead of its hash", JSON.stringify([entry({ sha256: SECRET })]), "0.sha256: expected 64 hexadecimal"],
    ["upper case", JSON.stringify([entry({ sha256: "A".repeat(64) })]), "0.sha256: "],
    ["a missing field", JSON.stringify([entry({ tenant: undefined })]), "0.tenant: "],
    ["a tenant that is a path", JSON.stringify([entry({ tenant: "../x" })]), "0.tenant: expected 1 to 128"],
    ["a tenant that is ..", JSON.stringify([entry({ tenant: ".." })]), "0.tenant: expected 1 to 128"],
    ["no scope", JSON.stringify([entry({ scopes: [] })]), "0.scopes: expected at least one"],
    ["an unknown scope", JSON.stringify([entry({ scopes: ["root"] })]), "0.scopes.0: "],
    ["a scope twice", JSON.stringify([entry({ scopes: ["adapt", "adapt"] })]), "0.scopes: expected every scope once"],
    ["an unknown field", JSON.stringify([entry({ key: SECRET })]), "0: expected sha256, tenant and scopes"],
    ["a field twice", `[{"sha256":"${HASH}","tenant":"a","tenant":"b","scopes":["adapt"]}]`, "every field"],
    ["a key twice", JSON.stringify([entry(), entry({ tenant: "other" })]), "1.sha256: expected every key once"],
  ] as const
) {
  Deno.test(`parseKeys() refuses ${why} and repeats no secret`, () => {
    const error = assertThrows(() => parseKeys(text), Error, message);
    assert(!error.message.includes(SECRET) && !error.message.includes("\n"), error.message);
  });
}

Deno.test("createKeyring() finds a key among many by its hash, and nothing that is almost one", async () => {
  const keys = await Promise.all(Array.from({ length: 50 }, async (_, i): Promise<ApiKey> => ({
    ...{ sha256: await hashKey(`key-${i}`), tenant: `t${i % 3}`, scopes: ["predict"] },
  })));
  const ring = createKeyring(keys);
  assertEquals(ring.tenants, ["t0", "t1", "t2"]);
  assertEquals(await Promise.all(keys.map((_, i) => ring.find(`key-${i}`))), keys);
  const wrong = ["key-50", "key-", "", "KEY-1", "key-1 ", keys[1]!.sha256];
  assertEquals(await Promise.all(wrong.map((key) => ring.find(key))), wrong.map(() => null));
});

async function setUp(scopes: Scope[] = ["adapt"]) {
  const keys = createKeyring([{ sha256: await hashKey(SECRET), tenant: "clinic", scopes }]);
  const deps = { ...testDeps(), keys };
  const app = createBaseApp(deps, { ready: () => Promise.resolve(null), scope: "adapt" });
  app.get("/tenant", (c) => c.text(c.get("tenant"))).get("/fails", () => {
    throw new Error("a defect");
  });
  app.get("/metrics", (c) => c.text("numbers"));
  const ask = (path: string, authorization?: string, more: Record<string, string> = {}, env = {}) =>
    app.request(path, { headers: { ...(authorization !== undefined && { authorization }), ...more } }, env);
  return { deps, ask };
}

Deno.test("a request without a fit key is 401 with WWW-Authenticate; health is open", async () => {
  const { ask } = await setUp();
  const cases: [authorization: string | undefined, error: string][] = [
    [undefined, ""],
    ["", 'error="invalid_request"'],
    [`Basic ${SECRET}`, 'error="invalid_request"'],
    [SECRET, 'error="invalid_request"'],
    ["Bearer", 'error="invalid_request"'],
    [`Bearer ${SECRET} ${SECRET}`, 'error="invalid_request"'],
    [`Bearer ${"x".repeat(600)}`, 'error="invalid_request"'],
    ["Bearer lm_other", 'error="invalid_token"'],
    [`Bearer ${await hashKey(SECRET)}`, 'error="invalid_token"'],
  ];
  for (const [authorization, error] of cases) {
    const response = await ask("/tenant", authorization);
    const challenge = response.headers.get("WWW-Authenticate")!;
    assert(challenge.startsWith('Bearer realm="lightman"') && challenge.includes(error), challenge);
    assertEquals((await problemOf(response)).status, 401, authorization);
    assertEquals((await ask("/nothing", authorization)).status, 401);
  }
  assertEquals(await (await ask("/tenant", `Bearer ${SECRET}`)).text(), "clinic");
  assertEquals(await (await ask("/tenant", `bearer  ${SECRET}`)).text(), "clinic");
  for (const path of ["/v2/health/live", "/v2/health/ready"]) assertEquals((await ask(path)).status, 200);
});

Deno.test("a key without the app's scope is 403, but 404 where nothing is", async () => {
  const { ask } = await setUp(["train", "predict"]);
  const response = await ask("/tenant", `Bearer ${SECRET}`);
  assertEquals(
    response.headers.get("WWW-Authenticate"),
    'Bearer realm="lightman", error="insufficient_scope", scope="adapt"',
  );
  assertEquals((await problemOf(response)).status, 403);
  assertEquals((await ask("/nothing", `Bearer ${SECRET}`)).status, 404);
});

Deno.test("/metrics needs no key from this machine, any key from elsewhere, and a proxy is elsewhere", async () => {
  const { ask } = await setUp(["predict"]);
  const status = async (peer: string | undefined, headers = {}, authorization?: string) =>
    (await ask("/metrics", authorization, headers, peer === undefined ? {} : { peer })).status;
  for (const peer of ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"]) assertEquals(await status(peer), 200);
  for (const peer of [undefined, "10.0.0.1", "::2", "1.127.0.0.1", "127.0.0.1.evil"]) {
    assertEquals([await status(peer), await status(peer, {}, `Bearer ${SECRET}`)], [401, 200]);
  }
  for (const name of ["Forwarded", "X-Forwarded-For", "Via"]) {
    assertEquals(await status("127.0.0.1", { [name]: "x" }), 401);
  }
  assertEquals(await status("127.0.0.1", {}, "Bearer wrong"), 401);
});

Deno.test("no key stands in a log, whatever happens to the request", async () => {
  const { ask, deps } = await setUp();
  for (const path of ["/tenant", "/fails", "/nothing", `/${SECRET}`, `/tenant?key=${SECRET}`]) {
    for (const authorization of [`Bearer ${SECRET}`, `Basic ${SECRET}`, `Bearer x${SECRET}`]) {
      await ask(path, authorization);
    }
  }
  assertEquals(deps.logged.length >= 15, true);
  assertEquals(JSON.stringify(deps.logged).includes(SECRET), false);
});

Deno.test("loadKeyring() takes the keys from the setting itself, and says nothing of it in an error", async () => {
  const ring = await loadKeyring(JSON.stringify([entry({ sha256: await hashKey(SECRET) })]), "LIGHTMAN_KEYS");
  assertEquals((await ring.find(SECRET))?.tenant, "clinic");
  const wrong = JSON.stringify([entry({ sha256: SECRET })]);
  const error = await assertRejects(
    () => loadKeyring(wrong, "LIGHTMAN_KEYS"),
    Error,
    "Cannot use LIGHTMAN_KEYS: its JSON: ",
  );
  assert(!error.message.includes(SECRET));
});
