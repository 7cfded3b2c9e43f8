import { assertEquals, assertMatch } from "@std/assert";
import { BackendUnavailableError } from "../../lib/runtime/mod.ts";
import { runFunction } from "../../lib/http/mod.ts";
import { ROOT } from "../../scripts/_lib/files.ts";

Deno.test("runFunction() gives 2 for a backend that is not there and 1 for another failure", async () => {
  const lines: unknown[] = [];
  const { error } = console;
  console.error = (line: unknown) => void lines.push(line);
  try {
    const why = new BackendUnavailableError("webgpu", "no adapter");
    assertEquals(await runFunction(0, () => Promise.reject(why)), 2);
    assertEquals(await runFunction(0, () => Promise.reject(new Error("no data\nand more"))), 1);
  } finally {
    console.error = error;
  }
  assertEquals(lines, ["Cannot use the webgpu backend: no adapter", "no data"]);
});

/** Starts a program that cannot start; its exit code and what it said on stderr. */
async function failing(args: string[], env: Record<string, string>): Promise<[code: number, stderr: string]> {
  // One that starts after all is stopped, and is no success.
  const signal = AbortSignal.timeout(30_000);
  const options = { args, cwd: ROOT, env: { ...env, NO_COLOR: "1" }, stdin: "null", signal } as const;
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), options).output();
  assertEquals(new TextDecoder().decode(stdout), "");
  return [code, new TextDecoder().decode(stderr)];
}

/** The permissions of a function, less reading files. */
const BLIND = ["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=LIGHTMAN_*,AWS_*"];
const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "" };

for (
  const [env, line] of [
    [{ LIGHTMAN_PORT: "http" }, /^Cannot use LIGHTMAN_PORT: .*\n$/],
    [{ LIGHTMAN_BACKEND: "cuda" }, /^Cannot use LIGHTMAN_BACKEND: .*\n$/],
    [{ LIGHTMAN_STORE: "ftp://bucket/x" }, /^Cannot use LIGHTMAN_STORE: .*\n$/],
    [
      { LIGHTMAN_STORE: "s3://bucket/x", ...KEYS, AWS_ACCESS_KEY_ID: "" },
      /^Cannot use LIGHTMAN_STORE: .* no AWS_ACCESS_KEY_ID\n$/,
    ],
    // The server is asked before work begins. Here it may not be.
    [
      { LIGHTMAN_STORE: "s3://bucket/x?endpoint=http://127.0.0.2:9999", ...KEYS },
      /^Cannot use LIGHTMAN_STORE: .* 127\.0\.0\.2:9999: add it to --allow-net\n$/,
    ],
    [{ LIGHTMAN_KEYS: "keys.json" }, /^Cannot use LIGHTMAN_KEYS: keys.json: .*\n$/],
    [{ LIGHTMAN_SHARED: "lab" }, /^Cannot use LIGHTMAN_SHARED: .*\n$/],
    [{ LIGHTMAN_MAX_CLIPS: "0" }, /^Cannot use LIGHTMAN_MAX_CLIPS: .*\n$/],
    [{ LIGHTMAN_HOST: "0.0.0.0" }, /^Cannot use LIGHTMAN_HOST: .*\n$/],
    // WASM is a file to read.
    [
      { LIGHTMAN_BACKEND: "wasm", LIGHTMAN_PORT: "0", LIGHTMAN_STORE: "memory:" },
      /^Cannot use the wasm backend: it failed to start .*\n$/,
    ],
  ] as const
) {
  Deno.test(`a function ends with 2 and one line at ${JSON.stringify(env)}`, async () => {
    const [code, stderr] = await failing([...BLIND, `${ROOT}functions/adapt/main.ts`], env);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, line);
  });
}

Deno.test("serve ends with 2 and one line that names the setting and the field when its keys are wrong", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, '[{"sha256":"lm_secret","tenant":"a","scopes":["predict"]}]');
  try {
    const args = ["run", "-A", `${ROOT}scripts/serve.ts`, "--port", "0", "--store", "memory:"];
    const open = await failing([...args, "--host", "0.0.0.0"], {});
    const env = { LIGHTMAN_KEYS: file };
    const [byVariable, byFlag] = await Promise.all([failing(args, env), failing([...args, "--keys", file], {})]);
    assertEquals([open[0], byVariable[0], byFlag[0]], [2, 2, 2]);
    assertMatch(open[1], /^serve: Cannot use --host: .*LIGHTMAN_KEYS.*\n$/);
    assertEquals(
      byVariable[1].replace(file, "F"),
      "serve: Cannot use LIGHTMAN_KEYS: F: 0.sha256: expected 64 hexadecimal digits, lower case\n",
    );
    assertMatch(byFlag[1], /^serve: Cannot use --keys: .*0\.sha256.*\n$/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("serve ends with 2 and one line that names the variable or the flag that is wrong", async () => {
  const args = ["run", "-A", `${ROOT}scripts/serve.ts`];
  const wrong: [env: Record<string, string>, name: string, flags?: string[]][] = [
    [{ LIGHTMAN_MAX_CLIPS: "x" }, "LIGHTMAN_MAX_CLIPS"],
    [{ LIGHTMAN_PORT: "http" }, "LIGHTMAN_PORT"],
    [{ LIGHTMAN_STORE: "ftp://bucket/x" }, "LIGHTMAN_STORE"],
    [{ LIGHTMAN_STORE: "memory:" }, "--store", ["--store", "ftp://bucket/x"]],
  ];
  for (const [env, name, flags = []] of wrong) {
    const [code, stderr] = await failing([...args, ...flags], env);
    assertEquals(code, 2, stderr);
    assertMatch(stderr, new RegExp(`^serve: Cannot use ${name}: .*\n$`));
  }
});

for (const script of ["functions/predict/main.ts", "scripts/serve.ts"]) {
  Deno.test(`${script} keeps the settings and limits of the environment`, async () => {
    const server = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ROOT + script],
      env: {
        ...{ LIGHTMAN_PORT: "0", LIGHTMAN_STORE: "memory:", LIGHTMAN_BACKEND: "cpu", LIGHTMAN_MAX_BODY_BYTES: "1024" },
        LIGHTMAN_MAX_REQUEST_MS: "5000",
      },
      ...{ stdin: "null", stdout: "piped", stderr: "null" },
    }).spawn();
    const lines = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      let text = "";
      while (!/"url":"[^"]+"/.test(text)) text += (await lines.read()).value ?? "";
      assertMatch(text, /"backend":"cpu"/);
      const url = /"url":"([^"]+)"/.exec(text)![1]!;
      const ask = (length: number, more: Record<string, string> = {}) => {
        const headers = { "Content-Type": "application/json", ...more };
        return fetch(`${url}/v1/predict`, { method: "POST", headers, body: " ".repeat(length) });
      };
      const problems = [await ask(1025), await ask(1024), await ask(1, { "X-Request-Timeout-Ms": "5001" })];
      assertEquals(await Promise.all(problems.map(async (answer) => (await answer.json()).status)), [413, 400, 422]);
    } finally {
      server.kill("SIGKILL");
      await server.status;
      await lines.cancel();
    }
  });
}
