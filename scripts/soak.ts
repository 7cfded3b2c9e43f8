import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { openOutput } from "./_lib/json_out.ts";
import { createProgress } from "./_lib/progress.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";
import { soakBombs } from "./_soak/soak_bombs.ts";
import { soakCalibrations } from "./_soak/soak_calibrations.ts";
import { soakFuzz } from "./_soak/soak_fuzz.ts";
import { soakKills } from "./_soak/soak_kills.ts";
import { soakPredict } from "./_soak/soak_predict.ts";
import type { SoakOptions, SoakRow } from "./_soak/types.ts";

const PARTS = ["predict", "calibrations", "kills", "fuzz", "bombs"] as const;

const SPEC = {
  command: "soak",
  summary: "Load, kill -9, fuzz and bombs on the functions: what takes too long for the test suite.",
  flags: {
    parts: { type: "string", default: PARTS.join(","), value: "LIST", help: "Which parts" },
    seconds: { type: "integer", min: 1, default: 60, help: "Of load at saturation, and again at half of it" },
    requests: { type: "integer", min: 100, default: 50_000, help: "Over which memory must stay flat" },
    subjects: { type: "integer", min: 1, default: 500, help: "In rotation in those requests" },
    calibrations: { type: "integer", min: 1, default: 8, help: "At one time, while predict is under load" },
    clips: { type: "integer", min: 3, max: 64, default: 15, help: "Of each calibration" },
    kills: { type: "integer", min: 1, default: 100, help: "Of a host, at random moments" },
    bodies: { type: "integer", min: 1, default: 10_000, help: "Bad requests, and again damaged bodies" },
    seed: { type: "integer", min: 0, default: 0, help: "Of moments, faults and bodies" },
    json: { type: "string", value: "FILE|-", help: "Writes the rows as JSON" },
  },
} as const satisfies CommandSpec;

type Values = ParsedFlags<typeof SPEC.flags>["values"];

/** What each part runs. */
const RUNS: Record<typeof PARTS[number], (values: Values, options: SoakOptions) => Promise<SoakRow | SoakRow[]>> = {
  predict: ({ seconds, requests, subjects }, options) => soakPredict({ ...options, seconds, requests, subjects }),
  calibrations: ({ calibrations, clips, seconds }, options) =>
    soakCalibrations({ ...options, calibrations, clips, seconds: Math.min(seconds, 20) }),
  kills: ({ kills }, options) => soakKills({ ...options, kills }),
  fuzz: ({ bodies }, options) => soakFuzz({ ...options, bodies }),
  bombs: (_values, options) => soakBombs(options),
};

async function main({ values }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<number> {
  const wanted = values.parts.split(",");
  for (const name of wanted) {
    if (!PARTS.some((part) => part === name)) {
      throw new UsageError(`Cannot use --parts: expected some of ${PARTS.join(",")}, got "${name}"`);
    }
  }
  const output = await openOutput(values.json);
  const rows: SoakRow[] = [];
  for (const part of PARTS.filter((name) => wanted.includes(name))) {
    if (signal.aborted) break;
    const bar = createProgress({ total: 1000, label: part });
    const progress = (done: number, total: number, note?: string) => bar.update(Math.floor(1000 * done / total), note);
    const found = [await RUNS[part](values, { signal, seed: values.seed, progress })].flat();
    bar.finish();
    // A part that was interrupted has proved nothing.
    if (signal.aborted) break;
    for (const { what, ok, faults, notes = [], figures } of found) {
      const text = Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(", ");
      output.say(`${ok ? "ok    " : "FAILED"} ${what}: ${text}`);
      for (const line of [...faults, ...notes]) output.say(`       ${line}`);
    }
    rows.push(...found);
  }
  await output.json(rows);
  return rows.some(({ ok }) => !ok) ? 1 : 0;
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
