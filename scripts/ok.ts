import { checkDocsOfRepository } from "./check_docs.ts";
import { checkLayersOfRepository } from "./check_layers.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { writeDocConfig } from "./_lib/doc_config.ts";
import { listFiles, ROOT, runDeno } from "./_lib/files.ts";
import { runCommand } from "./_lib/run_command.ts";

const SPEC = {
  command: "ok",
  summary: "The gate: formatting, lint, types, layers, docs, tests.",
  flags: { static: { type: "boolean", help: "Everything but the tests" } },
} as const satisfies CommandSpec;

/** Faults of one check, as lines; empty when it passed. */
type Check = () => Promise<string[]>;

/** A deno command that must exit 0. */
function deno(...args: string[]): Check {
  return async () => {
    const { code, stdout, stderr } = await runDeno(args);
    // Deno's own stack tells nothing about the fault.
    return code === 0 ? [] : `${stdout}${stderr}`.split("\nStack backtrace:")[0]!.trimEnd().split("\n");
  };
}

async function present(...folders: string[]): Promise<string[]> {
  const found = await Promise.all(folders.map(async (folder) => (await listFiles([folder], ".ts")).length > 0));
  return folders.filter((_, i) => found[i]);
}

/** Types of the examples in docstrings. */
async function checkExamples(): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    return await deno("check", "--quiet", "--doc", "--config", await writeDocConfig(folder), "lib")();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the tests with their output passed through. */
async function runTests(): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/test.ts"],
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return success;
}

async function main({ values }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<number> {
  const checks: [string, Check][] = [
    ["formatting", deno("fmt", "--check")],
    ["lint", deno("lint", "--quiet")],
    ["types", deno("check", "--quiet", ...await present("lib", "functions", "scripts", "tests"))],
    ["examples' types", checkExamples],
    ["layers", checkLayersOfRepository],
    ["docs", checkDocsOfRepository],
  ];
  const failed: string[] = [];
  for (const [name, check] of checks) {
    if (signal.aborted) return 1;
    const faults = await check();
    for (const fault of faults) console.log(fault);
    console.log(`${faults.length > 0 ? "FAILED" : "ok    "} ${name}`);
    if (faults.length > 0) failed.push(name);
  }
  if (values.static) {
    console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
    return failed.length > 0 ? 1 : 0;
  }
  if (!await runTests()) failed.push("tests");
  console.log(failed.length > 0 ? `Not ok: ${failed.join(", ")}` : "All ok");
  return failed.length > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
