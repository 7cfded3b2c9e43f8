import { type BenchOrder, WORKLOADS } from "../lib/bench/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { openOutput } from "./_lib/json_out.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";
import { benchColdStart } from "./_bench_cold_start.ts";
import type { RowOrder } from "./_bench_row.ts";
import { takeOwnRow, takeRow } from "./_take_row.ts";
import { type BenchRow, benchTable, type CountRow, countTable, pairRatios } from "./_lib/bench_rows.ts";

const WHAT = ["meta2", "meta1", "adapt", "predict", "cold-start"] as const;

/** Flags of `deno task bench`. */
export const BENCH_SPEC = {
  command: "bench",
  summary: "Measures meta-steps, calibration, prediction and cold start, each in a process of its own.",
  flags: {
    what: { type: "string", value: "LIST", default: WHAT.join(","), help: `What, with commas: ${WHAT.join(", ")}` },
    workload: {
      type: "string",
      value: "LIST",
      default: "tiny",
      help: `Sizes, with commas: ${Object.keys(WORKLOADS).join(", ")}`,
    },
    decoder: { type: "string", choices: ["none", "unet"], default: "none", help: "Network" },
    backend: { type: "string", choices: ["auto", "webgpu", "wasm", "cpu"], default: "auto", help: "Backend" },
    clock: {
      type: "string",
      choices: ["wall", "cpu"],
      default: "wall",
      help: "cpu: processor time, for a machine that others use; a peer's clock is its own",
    },
    workers: { type: "integer", min: 1, max: 256, default: 1, help: "Workers that share the tasks of a meta-batch" },
    repeats: {
      type: "integer",
      min: 1,
      max: 1000,
      default: 5,
      help: "Rounds after two of warming up; predict: tenfold",
    },
    peer: {
      type: "string",
      value: "FILE",
      help:
        "Program that takes --what, --workload, --repeats, --threads and prints such rows; run in turn with this one",
    },
    "peer-runtime": { type: "string", value: "PROGRAM", default: "python3", help: "What runs the peer" },
    "peer-threads": { type: "integer", min: 1, max: 256, help: "Threads of the peer (default: as many as workers)" },
    pairs: { type: "integer", min: 1, max: 100, default: 3, help: "Pairs of runs with a peer" },
    tasks: { type: "integer", min: 1, max: 1024, help: "Tasks of a meta-batch (default: the workload's)" },
    batch: { type: "integer", min: 1, max: 1024, default: 1, help: "predict: clips a call; its times are of a call" },
    count: {
      type: "boolean",
      help: "Count the dispatches and bytes of a step on WebGPU, without executing it, in place of measuring",
    },
    json: { type: "string", value: "FILE|-", help: "Write the rows as JSON" },
  },
} as const satisfies CommandSpec;

type BenchFlags = ParsedFlags<typeof BENCH_SPEC.flags>["values"];

const WORKLOAD_NAMES = Object.keys(WORKLOADS) as (keyof typeof WORKLOADS)[];

/** Where rows are told, and what stops the work. */
interface BenchOptions {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Checks a list with commas. */
function listOf<T extends string>(flag: string, text: string, choices: readonly T[]): T[] {
  return text.split(",").map((one) => {
    const found = choices.find((choice) => choice === one);
    if (found === undefined) {
      throw new UsageError(`Cannot use --${flag}: expected some of ${choices.join(",")}, got "${one}"`);
    }
    return found;
  });
}

async function coldStart(order: BenchOrder): Promise<BenchRow> {
  const { times, cpu, peakMb } = await benchColdStart(order);
  const { workload, decoder } = order;
  const round = (ms: number) => Math.round(ms * 10) / 10;
  const spread = { ms: round(times[times.length >> 1]!), min_ms: round(times[0]!), max_ms: round(times.at(-1)!) };
  const times2 = { ...spread, tasks_per_s: null, ...(cpu !== null && { cpu_ms: cpu }) };
  return { peer: "lightmannet wasm x1", workload, what: "cold-start", decoder, ...times2, peak_mb: peakMb };
}

/**
 * Takes the measurements that the flags ask for, one after another.
 *
 * @param values The flags.
 * @param options What is told of each row, and what stops it.
 * @returns Rows of this project and of the peer in the order taken, and the median ratio of each pair of kinds.
 */
export async function bench(
  values: BenchFlags,
  options: BenchOptions,
): Promise<{ rows: BenchRow[]; ratios: ReturnType<typeof pairRatios> }> {
  const { decoder, backend, workers, repeats, clock, peer, pairs, tasks, batch } = values;
  const whats = listOf("what", values.what, WHAT);
  const workloads = listOf("workload", values.workload, WORKLOAD_NAMES);
  const rows: BenchRow[] = [];
  const take = (row: BenchRow) => {
    rows.push(row);
    options.say(benchTable([row], rows.length === 1));
  };
  for (const workload of workloads) {
    for (const what of whats) {
      if (what === "cold-start") {
        take(await coldStart({ what: "predict", workload, decoder, repeats }));
        continue;
      }
      const order: RowOrder = {
        ...{ what, workload, decoder, repeats, backend, workers, clock, count: false, batch },
        ...(tasks !== undefined && { tasks }),
      };
      for (let pair = 0; pair < (peer === undefined ? 1 : pairs); pair++) {
        take(await takeOwnRow(order, options.signal));
        if (peer === undefined) continue;
        const threads = String(values["peer-threads"] ?? workers);
        const asked = ["--what", what, "--workload", workload, "--repeats", String(repeats), "--threads", threads];
        take(await takeRow(values["peer-runtime"], [peer, ...asked], options.signal));
      }
    }
  }
  return { rows, ratios: pairRatios(rows) };
}

/**
 * Counts what a step of each work that the flags ask for makes WebGPU do; a cold start has none.
 *
 * @param values The flags.
 * @param options What is told of each row, and what stops it.
 * @returns Rows in the order counted.
 */
export async function countSteps(values: BenchFlags, options: BenchOptions): Promise<CountRow[]> {
  const { decoder, tasks } = values;
  const rows: CountRow[] = [];
  for (const workload of listOf("workload", values.workload, WORKLOAD_NAMES)) {
    for (const what of listOf("what", values.what, WHAT)) {
      if (what === "cold-start") continue;
      const order: RowOrder = {
        ...{ what, workload, decoder, repeats: 1, backend: "webgpu", workers: 1, clock: "wall", count: true },
        ...(tasks !== undefined && { tasks }),
      };
      const row = await takeOwnRow<CountRow>(order, options.signal);
      rows.push(row);
      options.say(countTable([row], rows.length === 1));
    }
  }
  return rows;
}

if (import.meta.main) {
  Deno.exitCode = await runCommand(BENCH_SPEC, async ({ values }, signal) => {
    const output = await openOutput(values.json);
    if (values.count) return await output.json(await countSteps(values, { say: output.say, signal }));
    const { rows, ratios } = await bench(values, { say: output.say, signal });
    for (const { workload, what, peer, ratio, pairs } of ratios) {
      output.say(`${workload} ${what}: ${ratio} of the time of ${peer} (median of ${pairs} pairs)`);
    }
    await output.json(rows);
  });
}
