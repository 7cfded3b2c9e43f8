import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type LogRecord, readSettings, serveUntil } from "../../lib/http/mod.ts";

Deno.test("serveUntil() listens on 127.0.0.1, says so, and lets an answer under way finish", async () => {
  const stop = new AbortController();
  const logged: LogRecord[] = [];
  const began = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let answer: Promise<Response> | undefined;
  let closed = false;
  await serveUntil(async () => {
    began.resolve();
    await release.promise;
    return new Response("done");
  }, {
    port: 0,
    signal: stop.signal,
    log: (record) => logged.push(record),
    async onListen(url) {
      assertEquals(new URL(url).hostname, "127.0.0.1");
      answer = fetch(url);
      await began.promise;
      stop.abort();
    },
    close() {
      closed = true;
      release.resolve();
      return Promise.resolve();
    },
  });
  assertEquals([closed, await (await answer!).text()], [true, "done"]);
  assertEquals(logged.map(({ message }) => message), ["listening", "stopping"]);
  assertEquals(logged[0]!.note, "no keys are configured: this machine only");
});

Deno.test("serveUntil() names the port that is in use", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await assertRejects(
    () => serveUntil(() => new Response(), { port, signal: AbortSignal.abort(), log: () => {} }),
    Error,
    `Cannot listen on 127.0.0.1, port ${port}: `,
  );
});

Deno.test("serveUntil() waits for an answer no longer than the drain time", async () => {
  const stop = new AbortController();
  const began = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  let answer: Promise<Response> | undefined;
  await serveUntil(async () => {
    began.resolve();
    await release.promise;
    return new Response("late");
  }, {
    port: 0,
    signal: stop.signal,
    drainMs: 20,
    log: () => {},
    async onListen(url) {
      answer = fetch(url);
      await began.promise;
      stop.abort();
    },
  });
  release.resolve();
  assertEquals(await (await answer!).text(), "late");
});

Deno.test("readSettings() has defaults and reads every variable", () => {
  assertEquals(readSettings({}, 8001), {
    store: "file:./store",
    model: "lightman",
    data: "data",
    backend: "auto",
    port: 8001,
    workers: null,
  });
  const env = {
    LIGHTMAN_STORE: "memory:",
    LIGHTMAN_MODEL: "m",
    LIGHTMAN_DATA: "/srv/data",
    LIGHTMAN_BACKEND: "wasm",
    LIGHTMAN_PORT: "0",
    LIGHTMAN_WORKERS: "3",
    HOME: "/root",
  };
  assertEquals(readSettings(env, 8001), {
    store: "memory:",
    model: "m",
    data: "/srv/data",
    backend: "wasm",
    port: 0,
    workers: 3,
  });
});

for (
  const [name, value] of [
    ["LIGHTMAN_PORT", "80a"],
    ["LIGHTMAN_PORT", "70000"],
    ["LIGHTMAN_BACKEND", "cuda"],
    ["LIGHTMAN_MODEL", "../x"],
    ["LIGHTMAN_WORKERS", "-1"],
    ["LIGHTMAN_KEYS", "keys.json"],
  ] as const
) {
  Deno.test(`readSettings() refuses ${name}=${value}`, () => {
    assertThrows(() => readSettings({ [name]: value }, 8001), RangeError, name);
  });
}
