import { join } from "@std/path";
import type { RowOrder } from "./_bench_row.ts";
import type { CommandSpec } from "./_lib/args.ts";
import { type BenchRow, benchTable } from "./_lib/bench_rows.ts";
import { checkFilePlace, writeFileAtomic } from "./_lib/json_out.ts";
import { runCommand } from "./_lib/run_command.ts";
import { scalingPlots, type ScalingRow } from "./_lib/scaling_plots.ts";
import { takeOwnRow } from "./_take_row.ts";

/** Flags of the command. */
export const SCALING_SPEC = {
  command: "bench_scaling",
  summary: "Measures how time and memory grow with tasks, workers, processes, batches and clips, and draws it.",
  flags: {
    out: { type: "string", value: "DIR", required: true, help: "Folder of scaling.json and the figures" },
    backend: { type: "string", choices: ["auto", "webgpu", "wasm", "cpu"], default: "auto", help: "Backend" },
  },
} as const satisfies CommandSpec;

/** What is measured: a row's place in the figures, and the order of a process. */
interface Point {
  readonly place: Pick<ScalingRow, "figure" | "cores" | "tasks" | "frames" | "size" | "batch">;
  readonly order: Pick<RowOrder, "what" | "workload" | "repeats"> & Partial<RowOrder>;
  /** Processes at the same time. */
  readonly processes?: number;
}

const CORES = [1, 2];
const DOUBLING = [1, 2, 4, 8, 16, 32];

/** Meta-batches of more and more tasks; large ones are repeated less. */
function batches(what: "meta2" | "meta1", workload: "flow" | "w1", most: number): Point[] {
  return CORES.flatMap((cores) =>
    DOUBLING.filter((tasks) => tasks <= most).map((tasks): Point => ({
      place: { figure: "tasks", cores, tasks },
      order: { what, workload, tasks, workers: cores, repeats: tasks * (workload === "w1" ? 4 : 1) < 8 ? 5 : 2 },
    }))
  );
}

function predictions(): Point[] {
  return CORES.flatMap((cores) =>
    DOUBLING.map((batch): Point => ({
      place: { figure: "predict", cores, batch },
      order: { what: "predict", workload: "w1", batch, repeats: batch < 8 ? 10 : 3 },
      processes: cores,
    }))
  );
}

/** Clips of w1 in other sizes; 16 frames of 96×96 would not fit into the memory of WASM. */
function clipSizes(): Point[] {
  return [1, 4, 8, 16].flatMap((frames) =>
    [32, 48, 64, 80, 96].filter((size) => frames < 16 || size < 96).map((size): Point => ({
      place: { figure: "memory", cores: 1, frames, size },
      order: { what: "meta2", workload: "w1", frames, size, repeats: 1 },
    }))
  );
}

/** One row of processes that do the same at the same time: the mean of their times, the sum of their memory. */
function joined(rows: readonly BenchRow[]): BenchRow {
  const mean = (value: (row: BenchRow) => number) =>
    Math.round(rows.reduce((sum, row) => sum + value(row), 0) / rows.length * 100) / 100;
  return {
    ...rows[0]!,
    ...{ ms: mean(({ ms }) => ms), min_ms: mean((row) => row.min_ms) },
    peak_mb: rows.reduce((sum, row) => sum + row.peak_mb, 0),
  };
}

/**
 * Takes the measurements of all figures, one after another.
 *
 * @param values The flags.
 * @param options What is told of each row, and what stops it.
 * @returns Rows in the order taken.
 */
export async function benchScaling(
  { backend }: { readonly backend: RowOrder["backend"] },
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<ScalingRow[]> {
  const rows: ScalingRow[] = [];
  const meta = [...batches("meta2", "flow", 32), ...batches("meta1", "flow", 32), ...batches("meta2", "w1", 4)];
  for (const { place, order, processes = 1 } of [...meta, ...predictions(), ...clipSizes()]) {
    const full: RowOrder = { decoder: "none", backend, workers: 1, clock: "wall", count: false, ...order };
    const row = joined(await Promise.all(Array.from({ length: processes }, () => takeOwnRow(full, signal))));
    const { figure: _, ...varied } = place;
    rows.push({ ...row, ...place });
    say(`${benchTable([row], rows.length === 1)}  ${JSON.stringify(varied)}`);
  }
  return rows;
}

if (import.meta.main) {
  Deno.exitCode = await runCommand(SCALING_SPEC, async ({ values }, signal) => {
    const { out } = values;
    await Deno.mkdir(out, { recursive: true });
    await checkFilePlace(join(out, "scaling.json"));
    const rows = await benchScaling(values, { say: console.log, signal });
    await writeFileAtomic(join(out, "scaling.json"), `${JSON.stringify(rows, null, 2)}\n`);
    for (const [name, svg] of Object.entries(scalingPlots(rows))) await writeFileAtomic(join(out, name), svg);
  });
}
