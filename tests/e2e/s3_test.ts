import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { currentVersion, latestCheckpoint } from "../../lib/storage/mod.ts";
import { tinyClips, writeSet } from "../training/_util/tiny_run.ts";
import { needs } from "../_util/needs.ts";
import { type S3Server, s3Server } from "../_util/s3_server.ts";
import { background } from "./_util/background.ts";
import { filesBelow, type Project, TINY, withProject } from "./_util/project.ts";

const found = await s3Server();

function test(name: string, body: (project: Project, server: S3Server, bucket: string) => Promise<void>) {
  Deno.test({
    ...needs(typeof found !== "string", String(found), name),
    fn: () =>
      withProject(async (project) => {
        await writeSet(join(project.folder, "set.safetensors"), tinyClips({ subjects: 4, frames: 4, micro: () => 4 }));
        const server = found as S3Server;
        await body(project, server, await server.makeBucket());
      }),
  });
}

const FLAGS = [...TINY, "--data", "set.safetensors", "--holdout", "t/s4", "--backend", "wasm", "--workers", "1"];

/** No secret may be in what a command says. */
function assertNoSecret(text: string, server: S3Server): void {
  assert(!text.includes(server.env.AWS_SECRET_ACCESS_KEY!) && !text.includes(server.env.AWS_ACCESS_KEY_ID!), text);
}

test(
  "train keeps its checkpoints in a real S3 store, resumes from there and publishes there",
  async (project, server, bucket) => {
    const store = server.url(bucket, "my models");
    const flags = [...FLAGS, "--steps", "12", "--set", "checkpointEvery=2", "--resume", "--store", store];
    const run = background(project, "deno", ["task", "train", ...flags], { ...server.env });
    await run.until(/Training lightman \d+\/12 .*\n/);
    run.kill("SIGTERM");
    const stopped = await run.end();
    assertEquals(stopped.code, 143, stopped.output);
    const step = Number(/Stopped, checkpoint at step (\d+); continue with --resume/.exec(stopped.output)?.[1]);
    const objects = await server.store(bucket, "my models").list("tenants/default/runs/");
    const run1 = objects[0]!.split("/")[3]!;
    assertEquals((await latestCheckpoint(server.store(bucket, "my models"), "default", run1))?.step, step);

    const done = await project.script("train", [...flags, "--json", "-"], { ...server.env });
    assertEquals(done.code, 0, done.stderr);
    const { version } = JSON.parse(done.stdout);
    assertEquals(await currentVersion(server.store(bucket, "my models"), "default", "lightman"), version);
    assertMatch(done.stderr, /serve --store 's3:\/\//);
    assertNoSecret(stopped.output + done.stderr + done.stdout, server);
    assertEquals((await server.everything(bucket)).filter((key) => key.includes("probe")), []);
    assertEquals((await filesBelow(project.folder)).filter((file) => file.startsWith("store")), []);

    const evaluated = await project.script("evaluate", [
      "--store",
      store,
      "--data",
      "set.safetensors",
      "--holdout",
      "t/s4",
      "--backend",
      "wasm",
    ], { ...server.env });
    assertEquals(evaluated.code, 0, evaluated.stderr);
  },
);

test(
  "train and serve refuse an unfit S3 store with exit code 2 and one line before they begin",
  async (project, server, bucket) => {
    const versioned = await server.makeBucket();
    const xml =
      '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>';
    assertEquals((await server.send("PUT", `${versioned}?versioning=`, xml)).status, 200);
    const cases: readonly [url: string, env: Record<string, string>, message: RegExp][] = [
      [server.url(versioned), {}, /keeps old versions, so that nothing can be erased/],
      [server.url("no-such-bucket"), {}, /there is no bucket "no-such-bucket"/],
      [server.url(bucket), { AWS_SECRET_ACCESS_KEY: "wrong-secret" }, /correct AWS_SECRET_ACCESS_KEY/],
      [server.url(bucket), { AWS_ACCESS_KEY_ID: "" }, /got no AWS_ACCESS_KEY_ID/],
      [`s3://${bucket}?endpoint=http://127.0.0.1:9999`, {}, /http:\/\/127\.0\.0\.1:9999 did not answer/],
    ];
    for (const [url, env, message] of cases) {
      for (
        const [script, flags, why] of [["train", FLAGS, ""], [
          "serve",
          ["--port", "0"],
          "Cannot use --store: ",
        ]] as const
      ) {
        const { code, stdout, stderr } = await project.script(script, [...flags, "--store", url], {
          ...server.env,
          ...env,
        });
        assertEquals([code, stdout], [2, ""], stderr);
        assertMatch(stderr, new RegExp(`^${script}: ${why}Cannot open store [^\n]*${message.source}[^\n]*\n$`));
        assert(!/wrong-secret|LMSECRET/.test(stderr), stderr);
      }
    }
    assertEquals((await filesBelow(project.folder)).filter((file) => /report|^data/.test(file)), []);
  },
);

/** A frame of a clip that moves, in base64. */
function frame(value: number): string {
  const data = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i * value) % 256);
  return encode({ width: 16, height: 16, channels: 1, data }).toBase64();
}

async function call(method: string, url: string, body: unknown) {
  const response = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

test(
  "serve:train, serve:adapt and serve:predict share a real S3 store, and erasure leaves no byte there",
  async (project, server, bucket) => {
    const env = {
      ...server.env,
      LIGHTMAN_STORE: server.url(bucket),
      LIGHTMAN_PORT: "0",
      LIGHTMAN_BACKEND: "wasm",
      LIGHTMAN_WORKERS: "1",
    };
    const servers = ["train", "adapt", "predict"].map((name) =>
      background(project, "deno", ["task", `serve:${name}`], env)
    );
    try {
      const [train, adapt, predict] = await Promise.all(
        servers.map(async (one) => (await one.until(/"url":"([^"]+)"/))[1]!),
      );
      const sizes = { outerSteps: 1, size: 16, channels: 4, frames: 4, shots: 2, queries: 2, macros: 1 };
      const tiny = { ...sizes, decoder: "none", synthetic: { trainSubjects: 2, holdoutSubjects: 1 } };
      const run = await call("POST", `${train}/v1/train/runs`, tiny);
      assertEquals(run.status, 202, JSON.stringify(run.body));
      await (await fetch(`${train}/v1/train/runs/${run.body.id}/events`)).text();
      const { status, error, result } = await (await fetch(`${train}/v1/train/runs/${run.body.id}`)).json();
      assertEquals([status, error], ["succeeded", null]);
      const promoted = await call("PUT", `${train}/v1/models/lightman/aliases/stable`, { version: result.version });
      assertEquals(promoted.status, 200);

      const before = await server.everything(bucket);
      const frames = [1, 2, 3, 4].map(frame);
      const path = `${adapt}/v1/subjects/somebody-4711`;
      const versions = await Promise.all([0, 1, 2, 3].map(async (shift) => {
        const clips = [{ frames: [...frames.slice(shift), ...frames.slice(0, shift)], label: "positive" }];
        const { status, body } = await call("POST", `${path}/calibrations`, { clips });
        assertEquals(status, 201, JSON.stringify(body));
        return body.version as string;
      }));
      const answer = await call("POST", `${predict}/v1/predict`, { clips: [{ frames }], subject: "somebody-4711" });
      assertEquals([answer.status, versions.includes(answer.body.subject.version)], [200, true]);
      assert((await server.everything(bucket)).some((key) => key.includes("somebody-4711")));
      assertEquals((await fetch(path, { method: "DELETE" })).status, 204);
      const after = await server.everything(bucket);
      assertEquals(after.filter((key) => !key.includes("/erasures/")), before);
      for (const key of after) {
        const bytes = (await server.store(bucket).get(key))!;
        assert(!new TextDecoder("latin1").decode(bytes).includes("somebody-4711"), key);
      }
      // Another process answers within its window of freshness, a second, and never after.
      const since = performance.now();
      const ask = () => call("POST", `${predict}/v1/predict`, { clips: [{ frames }], subject: "somebody-4711" });
      while ((await ask()).status === 200) assert(performance.now() - since < 20_000, "still answered");
      assertEquals((await ask()).status, 404);
    } finally {
      for (const one of servers) one.kill("SIGTERM");
      for (const one of servers) {
        const { output } = await one.end();
        assertNoSecret(output, server);
        assert(!/somebody-4711|NotCapable|"level":"error"/.test(output), output);
      }
    }
  },
);
