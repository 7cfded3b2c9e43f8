import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
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

async function post(url: string, body: unknown, method = "POST") {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

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
        const [train, adapt, predict] = await Promise.all(servers.map(addressOf));
        const sizes = { outerSteps: 1, size: 16, channels: 4, frames: 4, shots: 2, queries: 2, macros: 1 };
        const tiny = { ...sizes, decoder: "none", synthetic: { trainSubjects: 2, holdoutSubjects: 1 } };
        const run = await post(`${train}/v1/train/runs`, tiny);
        assertEquals(run.status, 202, JSON.stringify(run.body));
        await (await fetch(`${train}/v1/train/runs/${run.body.id}/events`)).text();
        const { status, error, result } = await (await fetch(`${train}/v1/train/runs/${run.body.id}`)).json();
        assertEquals([status, error], ["succeeded", null]);
        const promoted = await post(`${train}/v1/models/lightman/aliases/stable`, { version: result.version }, "PUT");
        assertEquals(promoted.status, 200);
        assertEquals(await fetch(`${adapt}/v2/health/ready`).then((r) => r.body?.cancel().then(() => r.status)), 200);

        const frames = [1, 2, 3, 4].map(frame);
        const path = `${adapt}/v1/subjects/${SUBJECT}`;
        const calibration = await post(`${path}/calibrations`, { clips: [{ frames, label: "positive" }] });
        assertEquals(calibration.status, 201, JSON.stringify(calibration.body));
        const answer = await post(`${predict}/v1/predict`, { clips: [{ frames }], subject: SUBJECT });
        assertEquals([answer.status, answer.body.subject.version], [200, calibration.body.version]);
        assertEquals((await fetch(path, { method: "DELETE" })).status, 204);
        // Another process answers within its window of freshness, a second, and never after.
        const since = performance.now();
        const ask = () => post(`${predict}/v1/predict`, { clips: [{ frames }], subject: SUBJECT });
        while ((await ask()).status === 200) assert(performance.now() - since < 20_000, "still answered");
        assertEquals((await ask()).status, 404);
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
      let address = await addressOf(first);
      const run = await post(`${address}/v1/train/runs`, {
        ...sizes,
        outerSteps: 400,
        checkpointEvery: 1000,
        synthetic,
      });
      const state = async () => await (await fetch(`${address}/v1/train/runs/${run.body.id}`)).json();
      while (((await state()).progress?.step ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      first.kill("SIGTERM");
      assertEquals((await first.end()).code, 143);
      const second = start(project, "train", env);
      try {
        address = await addressOf(second);
        assertEquals((await state()).status, "running");
        const events = await fetch(`${address}/v1/train/runs/${run.body.id}/events`);
        let text = "";
        for await (const part of events.body!.pipeThrough(new TextDecoderStream())) {
          text += part;
          if (text.includes('"type":"step"')) break;
        }
        assertMatch(text, /resuming after step \d+/);
        assertEquals((await post(`${address}/v1/train/runs/${run.body.id}/cancel`, {})).body.status, "cancelled");
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
