import { join } from "@std/path";
import { availableBackends, type BackendName, BackendUnavailableError, chooseBackend } from "../lib/runtime/mod.ts";
import { decodeSafetensors } from "../lib/storage/mod.ts";
import { type GoldenFile, TOLERANCE, verifyMeta, verifyOps, type VerifyRow } from "../lib/verify/mod.ts";
import type { CommandSpec } from "./_lib/args.ts";
import { ROOT } from "./_lib/files.ts";
import { openOutput } from "./_lib/json_out.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";

const SPEC = {
  command: "verify",
  summary: "Checks every op and the meta-gradients against reference files, on each backend found.",
  flags: {
    golden: {
      type: "string",
      value: "DIR",
      help: "folder of ops.safetensors and meta.safetensors (default: tests/golden)",
    },
    backend: {
      type: "string",
      choices: ["webgpu", "wasm", "cpu"],
      multiple: true,
      help: "only this one; may be repeated",
    },
    require: {
      type: "string",
      choices: ["webgpu", "wasm", "cpu"],
      multiple: true,
      help: "fail when this one is missing",
    },
    "no-stock": { type: "boolean", help: "leave out the table of TensorFlow.js's own gradients" },
    json: { type: "string", value: "FILE|-", help: "write the rows as JSON" },
  },
} as const satisfies CommandSpec;

async function readGolden(path: string): Promise<GoldenFile> {
  try {
    return decodeSafetensors(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new UsageError(`Cannot verify: there is no file ${path}`);
    throw new SyntaxError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

const passes = (row: VerifyRow) => row.worst <= TOLERANCE;

function cell(error: number | undefined): string {
  return (error === undefined ? "" : error === Infinity ? "NaN" : error.toExponential(1)).padStart(8);
}

function line(row: VerifyRow): string {
  if (row.failure !== undefined) return `${row.case.padEnd(44)} throws: ${row.failure}`;
  const kinds = ["value", "vjp", "hvp"].some((kind) => kind in row.errors)
    ? ["value", "vjp", "hvp"].map((kind) => cell(row.errors[kind])).join(" ")
    : `${cell(row.worst)}  ${row.where}`;
  return `${row.case.padEnd(44)} ${kinds}`;
}

Deno.exitCode = await runCommand(SPEC, async ({ values }) => {
  const output = await openOutput(values.json);
  const folder = values.golden ?? join(ROOT, "tests", "golden");
  const ops = await readGolden(join(folder, "ops.safetensors"));
  const meta = await readGolden(join(folder, "meta.safetensors"));
  const found = new Map((await availableBackends({ includeSoftware: true })).map((choice) => [choice.name, choice]));
  // Asked for by name: nothing verified must not look like everything verified.
  for (const name of values.backend) {
    if (!found.has(name)) throw new BackendUnavailableError(name, "it was not found on this machine");
  }
  const required = new Set<BackendName>(values.require);
  const wanted: BackendName[] = values.backend?.length ? [...values.backend] : ["cpu", "wasm", "webgpu"];
  for (const name of required) if (!wanted.includes(name)) wanted.push(name);

  let failed = 0;
  const results: { backend: string; rows: VerifyRow[] }[] = [];
  for (const name of wanted) {
    if (!found.has(name)) {
      if (required.has(name)) failed++;
      output.say(`${name}: not found, ${required.has(name) ? "but required" : "skipped"}\n`);
      continue;
    }
    const choice = await chooseBackend(name);
    const asked = values.backend.includes(name) || required.has(name);
    const why = name === "webgpu" ? choice.why.replace("was asked for by name and ", "") : "found here.";
    output.say(`${name}: ${asked ? choice.why : why}`);
    output.say(`${"case".padEnd(44)}    value      vjp      hvp`);
    const rows = [...await verifyOps(ops), ...await verifyMeta(meta)];
    for (const row of rows) output.say(`${line(row)}${passes(row) ? "" : "   OUT OF TOLERANCE"}`);
    const bad = rows.filter((row) => !passes(row)).length;
    failed += bad;
    const worst = Math.max(...rows.map((row) => row.worst));
    output.say(
      `${name}: ${rows.length - bad} of ${rows.length} within ${TOLERANCE}, worst ${worst.toExponential(1)}\n`,
    );
    results.push({ backend: name, rows });
  }

  let stock: VerifyRow[] = [];
  if (!values["no-stock"]) {
    await chooseBackend("cpu");
    stock = await verifyOps(ops, "stock");
    const ours = new Map(results[0]?.rows.map((row) => [row.case, row]));
    output.say("second order: TensorFlow.js's own gradients (cpu) beside ours");
    output.say(`${"case".padEnd(44)}    ours    stock`);
    for (const row of stock) {
      const verdict = row.failure !== undefined
        ? `  throws: ${row.failure.slice(0, 60)}`
        : passes(row)
        ? ""
        : "  silently wrong";
      output.say(`${row.case.padEnd(44)}${cell(ours.get(row.case)?.errors.hvp)} ${cell(row.errors.hvp)}${verdict}`);
    }
  }
  await output.json({ tolerance: TOLERANCE, golden: folder, results, stock });
  return failed === 0 ? 0 : 1;
});
