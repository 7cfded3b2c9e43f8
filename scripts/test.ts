import { join } from "@std/path";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { writeDocConfig } from "./_lib/doc_config.ts";
import { listFiles, ROOT } from "./_lib/files.ts";
import { runCommand } from "./_lib/run_command.ts";
import { planTests, readTestReport, type TestUnit } from "./_lib/test_units.ts";
import { UsageError } from "./_lib/usage_error.ts";

const SPEC = {
  command: "test",
  summary: "Runs the test suite: unit tests and the examples in docstrings.",
  positionals: "PATH",
  flags: {
    filter: { type: "string", value: "TEXT", help: "Only tests whose name contains it" },
    jobs: { type: "integer", min: 1, max: 64, help: "Processes at a time (default: the cores, at most 4)" },
    timeout: { type: "integer", min: 1, value: "S", default: 300, help: "Seconds that one file may take" },
  },
} as const satisfies CommandSpec;

/** Folders of lib, for their examples. */
async function docFolders(): Promise<string[]> {
  const sources = await listFiles(["lib"], ".ts");
  return [...new Set(sources.map((file) => file.split("/").slice(0, 2).join("/")))];
}

/**
 * The environment of every test process. On Linux WebGPU is Vulkan; Deno would load OpenGL's drivers too, at every start,
 * and at the end of a process their finalizers ran while the tests' thread still freed its memory: some crashed after
 * all tests had passed.
 */
function testEnvironment(): Record<string, string> {
  const backend = Deno.build.os === "linux" && !Deno.env.get("DENO_WEBGPU_BACKEND") ? "vulkan" : null;
  return { NO_COLOR: "1", ...(backend !== null && { DENO_WEBGPU_BACKEND: backend }) };
}

/** Runs one process of the suite; kills it when it takes too long or the run is interrupted. */
async function runUnit(unit: TestUnit, filter: string | undefined, seconds: number, signal: AbortSignal) {
  const started = performance.now();
  const args = ["test", "-A", "--no-check", ...(filter === undefined ? [] : ["--filter", filter]), ...unit.args];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  const { code, signal: killedBy, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: testEnvironment(),
    stdin: "null",
    signal: limit,
  }).output();
  const decoder = new TextDecoder();
  let output = decoder.decode(stdout) + decoder.decode(stderr);
  if (limit.aborted && !signal.aborted) output += `\nStopped: not done after ${seconds} s\n`;
  // A process can fail without a failed test, for instance in a driver at its end: without this line nobody could tell.
  if (code !== 0) output += `\nThe process ended with ${killedBy ?? `exit code ${code}`}\n`;
  return { unit, output, seconds: (performance.now() - started) / 1000, ...readTestReport(output, code) };
}

async function main({ values, positionals }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<number> {
  for (const path of positionals) {
    if (!await Deno.stat(join(ROOT, path)).catch(() => null)) {
      throw new UsageError(`Cannot test ${path}: no such file or folder (--filter picks tests by name)`);
    }
  }
  const folder = await Deno.makeTempDir();
  try {
    const config = await writeDocConfig(folder);
    const queue = planTests(await listFiles(["tests"], "_test.ts"), await docFolders(), positionals, config);
    const jobs = values.jobs ?? Math.min(4, navigator.hardwareConcurrency);
    const total = { passed: 0, failed: 0 };
    const skipped: string[] = [];
    const broken: string[] = [];
    const worker = async () => {
      for (let unit = queue.shift(); unit && !signal.aborted; unit = queue.shift()) {
        const report = await runUnit(unit, values.filter, values.timeout, signal);
        if (signal.aborted) return;
        total.passed += report.passed;
        total.failed += report.failed;
        skipped.push(...report.skipped.map((name) => `${unit.name}: ${name}`));
        const state = report.failed > 0 ? "FAILED" : "ok    ";
        if (report.failed > 0) {
          broken.push(unit.name);
          console.log(report.output.trimEnd());
        }
        if (report.passed + report.failed > 0 || report.skipped.length > 0) {
          console.log(
            `${state} ${unit.name}  ${report.passed} passed, ${report.failed} failed  ${report.seconds.toFixed(1)} s`,
          );
        }
      }
    };
    await Promise.all(Array.from({ length: jobs }, worker));
    if (signal.aborted) return 1;

    for (const name of skipped) {
      console.log(`skipped ${name}${/\(skipped\b/.test(name) ? "" : " (no reason given)"}`);
    }
    for (const name of broken) console.log(`failed in ${name}`);
    const none = total.passed + total.failed === 0;
    if (none) console.log("No test was found");
    console.log(`${total.passed} passed, ${total.failed} failed`);
    return total.failed > 0 || none ? 1 : 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
