import { assertEquals, assertStringIncludes } from "@std/assert";
import { BackendUnavailableError } from "../../lib/runtime/mod.ts";
import type { CommandSpec } from "../../scripts/_lib/args.ts";
import { runCommand } from "../../scripts/_lib/run_command.ts";
import { UsageError } from "../../scripts/_lib/usage_error.ts";
import { needs } from "../_util/needs.ts";

const SPEC = {
  command: "demo",
  summary: "Shows.",
  flags: { steps: { type: "integer", default: 1, help: "Steps" } },
} as const satisfies CommandSpec;

/** Runs and collects what was printed. */
async function run(main: Parameters<typeof runCommand<typeof SPEC.flags>>[1], args: string[] = []) {
  const { log, error } = console;
  const out: string[] = [], err: string[] = [];
  console.log = (line: string) => void out.push(line);
  console.error = (line: string) => void err.push(line);
  try {
    return { code: await runCommand(SPEC, main, args), out, err };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("runCommand() exits 0 when done and passes main's own code on", async () => {
  assertEquals((await run(() => Promise.resolve())).code, 0);
  assertEquals((await run((args) => Promise.resolve(args.values.steps), ["--steps", "7"])).code, 7);
});

Deno.test("runCommand() answers wrong flags, values and backends with one line and 2", async () => {
  const never = () => Promise.reject(new Error("must not run"));
  assertEquals(await run(never, ["--stepz"]), {
    code: 2,
    out: [],
    err: ["demo: Cannot use --stepz: no such flag (--help lists them)"],
  });
  assertEquals((await run(() => Promise.reject(new UsageError("bad\nmore")))).err, ["demo: bad"]);
  assertEquals((await run(() => Promise.reject(new BackendUnavailableError("webgpu", "no adapter")))).code, 2);
});

Deno.test("runCommand() answers a failure with one line and 1", async () => {
  const result = await run(() => Promise.reject(new RangeError("Cannot read x: expected 1, got 2")));
  assertEquals(result, { code: 1, out: [], err: ["demo: Cannot read x: expected 1, got 2"] });
});

Deno.test("runCommand() prints help to stdout", async () => {
  const result = await run(() => Promise.reject(new Error("must not run")), ["--help"]);
  assertEquals([result.code, result.err], [0, []]);
  assertStringIncludes(result.out[0]!, "Usage: deno task demo [flags]");
});

Deno.test({
  ...needs(
    Deno.build.os !== "windows",
    "Windows knows no SIGTERM",
    "runCommand() that is interrupted exits 143, or 1 when it fails to save",
  ),
  async fn() {
    /** Fails once the signal is there. */
    const interrupted = (fail: (reason: unknown) => unknown) =>
      run(async (_args, signal) => {
        const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
        // Listening for signals alone does not keep the event loop alive.
        const alive = setTimeout(() => {}, 5000);
        Deno.kill(Deno.pid, "SIGTERM");
        await aborted;
        clearTimeout(alive);
        throw fail(signal.reason);
      });
    assertEquals(await interrupted((reason) => reason), { code: 143, out: [], err: [] });
    assertEquals((await interrupted(() => new DOMException("stopped", "AbortError"))).code, 143);
    assertEquals(await interrupted(() => new Error("Cannot write the checkpoint: no space left")), {
      code: 1,
      out: [],
      err: ["demo: Cannot write the checkpoint: no space left"],
    });
  },
});
