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
    [{ LIGHTMAN_KEYS: "keys.json" }, /^Cannot use LIGHTMAN_KEYS: .*\n$/],
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

Deno.test("serve ends with 2 and one line when LIGHTMAN_KEYS is set, so that nobody believes it protected", async () => {
  const args = ["run", "-A", `${ROOT}scripts/serve.ts`, "--port", "0", "--store", "memory:"];
  const [code, stderr] = await failing(args, { LIGHTMAN_KEYS: "keys.json" });
  assertEquals(code, 2, stderr);
  assertMatch(stderr, /^serve: Cannot use LIGHTMAN_KEYS: .*\n$/);
});
