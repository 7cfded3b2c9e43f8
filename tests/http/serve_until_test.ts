import { assert, assertEquals, assertRejects } from "@std/assert";
import { createBaseApp, type LogRecord, serveUntil } from "../../lib/http/mod.ts";
import { problemOf, testDeps } from "../_util/http_fixture.ts";

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

Deno.test("serveUntil() listens elsewhere with keys only, and tells the handler who asks", async () => {
  const stop = new AbortController();
  const options = { host: "0.0.0.0", port: 0, signal: stop.signal, log: () => {}, lingerMs: 0 };
  await assertRejects(() => serveUntil(() => new Response(), options), RangeError, "no keys are configured");
  await serveUntil((_, { peer }) => new Response(peer ?? "nobody"), {
    ...options,
    keyed: true,
    async onListen(url) {
      const { port } = new URL(url);
      assertEquals(await (await fetch(`http://127.0.0.1:${port}`)).text(), "127.0.0.1");
      stop.abort();
    },
  });
});

Deno.test("serveUntil() refuses without keys the address that DENO_SERVE_ADDRESS puts in place of its own", async () => {
  const program = `
    import { serveUntil } from ${JSON.stringify(import.meta.resolve("../../lib/http/mod.ts"))};
    const signal = AbortSignal.timeout(5000);
    await serveUntil(() => new Response(), { port: 0, signal, log: (record) => console.log(record.message), lingerMs: 0 })
      .catch((error) => console.log(error.name + ": " + error.message));
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program],
    env: { DENO_SERVE_ADDRESS: "tcp:0.0.0.0:0", NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stdout);
  assertEquals(said, "RangeError: Cannot listen on 0.0.0.0: expected 127.0.0.1, because no keys are configured\n");
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

Deno.test("serveUntil() answers after the signal that it is not ready, while close() works and for a moment beyond", async () => {
  const stop = new AbortController();
  const app = createBaseApp({ ...testDeps(), stopping: stop.signal }, { ready: () => Promise.resolve(null) });
  let url = "";
  const asked: Promise<unknown>[] = [];
  const ask = async (status: number) => {
    const response = await fetch(`${url}/v2/health/ready`);
    if (status !== 503) return assertEquals([response.status, await response.json()], [200, { ready: true }]);
    const problem = await problemOf(response);
    assertEquals([problem.status, problem.detail], [503, "The server is stopping"]);
  };
  await serveUntil((request) => app.fetch(request), {
    port: 0,
    signal: stop.signal,
    log: () => {},
    lingerMs: 300,
    async onListen(at) {
      url = at;
      await ask(200);
      stop.abort();
      setTimeout(() => asked.push(ask(503)), 100);
    },
    close: () => ask(503),
  });
  assertEquals(asked.length, 1);
  await Promise.all(asked);
  await assertRejects(() => fetch(`${url}/v2/health/ready`));
});

Deno.test("serveUntil() ends in time although close() does not, and although a client sends its body for ever", async () => {
  const stop = new AbortController();
  const began = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  let connection: Deno.Conn | undefined;
  let stopped = 0;
  await serveUntil(async (request) => {
    began.resolve();
    await request.text().catch(() => {});
    return new Response();
  }, {
    port: 0,
    signal: stop.signal,
    log: () => {},
    drainMs: 400,
    async onListen(url) {
      connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
      await connection.write(new TextEncoder().encode("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12"));
      await began.promise;
      stopped = performance.now();
      stop.abort();
    },
    close: () => never.promise,
  });
  const took = performance.now() - stopped;
  assert(took >= 350 && took < 2000, `${took} ms`);
  connection!.close();
  never.resolve();
});
