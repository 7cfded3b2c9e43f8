import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { ClientError, createClient } from "../../lib/client/mod.ts";
import { ROOT } from "../../scripts/_lib/files.ts";
import { makeKey } from "../../scripts/make_key.ts";
import { needs } from "../_util/needs.ts";
import { type Background, background } from "./_util/background.ts";
import { type Project, withProject } from "./_util/project.ts";

const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as { tasks: Record<string, string> };

/** What each function may do; anything else needs a reason. The net and the keys: for an s3: store. */
const ENV = "--allow-env=LIGHTMAN_*,XDG_RUNTIME_DIR,AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,AWS_SESSION_TOKEN";
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  train: [ENV, "--allow-net", "--allow-read", "--allow-write"],
  adapt: [ENV, "--allow-net", "--allow-read", "--allow-write"],
  predict: [ENV, "--allow-net", "--allow-read"],
};

for (const [name, permissions] of Object.entries(PERMISSIONS)) {
  Deno.test(`serve:${name} has the permissions that it needs and is never asked for more`, () => {
    const own = tasks[`serve:${name}`]!.split(" | ").find((part) => part.includes(`functions/${name}/main.ts`))!;
    assertEquals([...own.matchAll(/ (-A|--allow-\S+)/g)].map(([, flag]) => flag).sort(), permissions);
    assert(own.includes(" --no-prompt "));
  });
}

const unix = needs(Deno.build.os !== "windows", "Windows has no process groups", "");

function start(project: Project, name: string, env: Record<string, string> = {}): Background {
  return background(project, "deno", ["task", `serve:${name}`], {
    LIGHTMAN_PORT: "0",
    LIGHTMAN_BACKEND: "wasm",
    ...env,
  });
}

const addressOf = async (server: Background) => (await server.until(/"url":"([^"]+)"/))[1]!;

/** A frame of a clip that moves, in base64. */
function frame(value: number): string {
  const data = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i * value) % 256);
  return encode({ width: 16, height: 16, channels: 1, data }).toBase64();
}

const SUBJECT = "somebody-4711";

Deno.test({
  ...unix,
  name: `train, adapt and predict, each started by its task, go the whole way with their few permissions${unix.name}`,
  fn: () =>
    withProject(async (project) => {
      const env = { LIGHTMAN_STORE: "file:store", LIGHTMAN_WORKERS: "1" };
      const servers = ["train", "adapt", "predict"].map((name) => start(project, name, env));
      const outputs: string[] = [];
      try {
        const [train, adapt, predict] = await Promise.all(servers.map(addressOf)) as [string, string, string];
        const client = createClient({ train, adapt, predict });
        const sizes = { outerSteps: 1, size: 16, channels: 4, frames: 4, shots: 2, queries: 2, macros: 1 };
        const tiny = { ...sizes, decoder: "none", synthetic: { trainSubjects: 2, holdoutSubjects: 1 } };
        const { id } = await client.startRun(tiny);
        const events = await Array.fromAsync(client.runEvents(id));
        const { status, error, result } = await client.run(id);
        assertEquals([status, error, events.at(-1)?.type], ["succeeded", null, "state"]);
        await client.promote("lightman", "stable", result!.version);
        assertEquals(await fetch(`${adapt}/v2/health/ready`).then((r) => r.body?.cancel().then(() => r.status)), 200);

        const frames = [1, 2, 3, 4].map(frame);
        const calibration = await client.calibrate(SUBJECT, { clips: [{ frames, label: "positive" }] });
        const answer = await client.predict({ clips: [{ frames }], subject: SUBJECT });
        assertEquals(answer.subject?.version, calibration.version);
        await client.erase(SUBJECT);
        // Another process answers within its window of freshness, a second, and never after.
        const since = performance.now();
        const ask = () => client.predict({ clips: [{ frames }], subject: SUBJECT });
        while (await ask().then(() => true, () => false)) assert(performance.now() - since < 20_000, "still answered");
        assertEquals((await assertRejects(ask, ClientError)).status, 404);
        const parts = frames.map((text) => text.slice(60, 90));
        const signals = ["SIGTERM", "SIGTERM", "SIGINT"] as const;
        servers.forEach((server, i) => server.kill(signals[i]!));
        for (const [i, server] of servers.entries()) {
          const { code, output } = await server.end();
          assertEquals(code, signals[i] === "SIGINT" ? 130 : 143, output);
          outputs.push(output);
        }
        for (const output of outputs) {
          assert(!output.includes(SUBJECT) && !parts.some((part) => output.includes(part)), output);
          assert(!/NotCapable|"level":"error"/.test(output), output);
        }
      } finally {
        for (const server of servers.slice(outputs.length)) server.kill("SIGKILL");
      }
    }),
});

Deno.test({
  ...unix,
  name:
    `serve:train that is stopped in the middle of a run checkpoints it, and the next one goes on from there${unix.name}`,
  fn: () =>
    withProject(async (project) => {
      const env = { LIGHTMAN_STORE: "file:store", LIGHTMAN_WORKERS: "1" };
      const first = start(project, "train", env);
      const sizes = { size: 16, channels: 4, frames: 4, shots: 2, queries: 2, macros: 1, decoder: "none" };
      const synthetic = { trainSubjects: 2, holdoutSubjects: 1 };
      let client = createClient(await addressOf(first));
      const { id } = await client.startRun({ ...sizes, outerSteps: 400, checkpointEvery: 1000, synthetic });
      while (((await client.run(id)).progress?.step ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      first.kill("SIGTERM");
      assertEquals((await first.end()).code, 143);
      const second = start(project, "train", env);
      try {
        client = createClient(await addressOf(second));
        assertEquals((await client.run(id)).status, "running");
        let told = "";
        for await (const { data } of client.runEvents(id)) {
          told += JSON.stringify(data);
          if (told.includes('"type":"step"')) break;
        }
        assertMatch(told, /resuming after step \d+/);
        assertEquals((await client.cancelRun(id)).status, "cancelled");
      } finally {
        second.kill("SIGTERM");
        await second.end();
      }
    }),
});

Deno.test({
  ...unix,
  name: `a function and serve ask for the keys of LIGHTMAN_KEYS, on another address too, and log none${unix.name}`,
  fn: () =>
    withProject(async (project) => {
      const file = join(project.folder, "keys.json");
      const key = await makeKey({ tenant: "clinic", scopes: "adapt", file });
      const env = { LIGHTMAN_STORE: "memory:", LIGHTMAN_BACKEND: "cpu", LIGHTMAN_PORT: "0", LIGHTMAN_KEYS: file };
      const flags = ["serve", "--functions", "adapt", "--port", "0", "--store", "memory:", "--backend", "cpu"];
      const servers = [
        start(project, "adapt", env),
        background(project, "deno", ["task", ...flags], { ...env, LIGHTMAN_HOST: "0.0.0.0" }),
      ];
      for (const server of servers) {
        const url = new URL("/v1/subjects", (await addressOf(server)).replace("0.0.0.0", "127.0.0.1"));
        assertEquals(await fetch(url).then((r) => r.body?.cancel().then(() => r.status)), 401);
        const answer = await fetch(url, { headers: { Authorization: `Bearer ${key}` } });
        assertEquals([answer.status, await answer.json()], [200, { subjects: [] }]);
        server.kill("SIGTERM");
        const { output } = await server.end();
        assert(!output.includes(key) && output.includes("keys are configured"), output);
      }
    }),
});

Deno.test({
  ...unix,
  name: `a function that is stopped ends within five seconds, whatever a client does${unix.name}`,
  fn: () =>
    withProject(async (project) => {
      const server = start(project, "adapt", { LIGHTMAN_STORE: "memory:" });
      const url = new URL(await addressOf(server));
      const connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
      const head = "POST /v1/subjects/a/calibrations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
      await connection.write(new TextEncoder().encode(`${head}Content-Length: 100\r\n\r\n{"clips`));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const stopped = performance.now();
      server.kill("SIGTERM");
      const { code, output } = await server.end();
      connection.close();
      assertEquals(code, 143, output);
      const took = performance.now() - stopped;
      assert(took < 5000, `${took} ms`);
    }),
});

const linux = needs(Deno.build.os === "linux", "no /proc", "");

for (const name of ["train", "adapt", "predict"]) {
  Deno.test({
    ...linux,
    name: `serve:${name} stops in order when npx alone is killed, though deno task above it lives on${linux.name}`,
    fn: () =>
      withProject(async (project) => {
        // The chain under npx: npm exec → sh → deno task → the function. Only npm exec is killed.
        const server = background(project, "bash", [
          "-c",
          `exec -a "npm exec deno" bash -c 'sh -c "deno task serve:${name}; true"; true'`,
        ], { LIGHTMAN_PORT: "0", LIGHTMAN_BACKEND: "cpu", LIGHTMAN_STORE: "memory:" });
        await addressOf(server);
        server.kill("SIGKILL", "first");
        // What lives on for ever is no success, and shall not outlive the test.
        const timer = setTimeout(() => server.kill("SIGKILL"), 20_000);
        const { output } = await server.end();
        clearTimeout(timer);
        assertMatch(output, /"message":"stopping"/);
      }),
  });
}
