import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createBaseApp, createKeyring, createRateLimiter, hashKey } from "../../lib/http/mod.ts";
import { problemOf, testDeps } from "../_util/http_fixture.ts";

Deno.test("createRateLimiter() lets burst + rate · t requests pass and no more, however they come", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 }), (all, perSecond, burst) => {
      let time = 0;
      let passed = 0;
      const limiter = createRateLimiter({ perSecond, burst, now: () => time });
      for (const gap of all) {
        time += gap;
        const wait = limiter.take("a");
        if (wait === 0) passed++;
        assert(passed <= burst + (perSecond * time) / 1000 + 1e-6, `${passed} in ${time} ms`);
        if (wait === 0) continue;
        // Who waits as long as it was told passes.
        time += wait * 1000 + 1e-6;
        assertEquals(limiter.take("a"), 0);
        passed++;
      }
    }),
  );
});

Deno.test("createRateLimiter() holds out a clock that goes back", () => {
  let time = 1000;
  const limiter = createRateLimiter({ perSecond: 1, burst: 1, now: () => time });
  assertEquals(limiter.take("a"), 0);
  time = 0;
  assertEquals(limiter.take("a"), 1);
});

Deno.test("a key that makes too many requests gets 429 with Retry-After, others and health go on", async () => {
  let time = 0;
  const keys = createKeyring(
    await Promise.all(["a", "b"].map(async (key) => ({
      ...{ sha256: await hashKey(key), tenant: "clinic", scopes: ["adapt" as const] },
    }))),
  );
  const limiter = createRateLimiter({ perSecond: 0.5, burst: 2, now: () => time });
  const app = createBaseApp({ ...testDeps(), keys, limiter }, { ready: () => Promise.resolve(null), scope: "adapt" });
  app.get("/things", (c) => c.text("things"));
  const ask = (key: string, path = "/things") => app.request(path, { headers: { Authorization: `Bearer ${key}` } });
  assertEquals([(await ask("a")).status, (await ask("a", "/nothing")).status], [200, 404]);
  const refused = await ask("a");
  assertEquals(refused.headers.get("Retry-After"), "2");
  assertEquals((await problemOf(refused)).status, 429);
  assertEquals([(await ask("b")).status, (await ask("a", "/v2/health/live")).status], [200, 200]);
  assertEquals((await ask("unknown")).status, 401);
  time = 2000;
  assertEquals([(await ask("a")).status, (await ask("a")).status], [200, 429]);
});
