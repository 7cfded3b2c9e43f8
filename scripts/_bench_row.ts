/** Takes one measurement in a process of its own and prints it as JSON: started by `bench.ts`, one argument of JSON. */
import process from "node:process";
import { type BenchOrder, measure } from "../lib/bench/mod.ts";
import { type BackendName, chooseBackend } from "../lib/runtime/mod.ts";
import { peakRss } from "./_lib/peak_rss.ts";

/** What {@linkcode BenchOrder} leaves open. */
export interface RowOrder extends BenchOrder {
  readonly backend: BackendName | "auto";
  readonly workers: number;
  /** Wall clock, or processor time of all threads. */
  readonly clock: "wall" | "cpu";
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

if (import.meta.main) {
  const { backend, workers, clock, ...order } = JSON.parse(Deno.args[0]!) as RowOrder;
  const { name } = await chooseBackend(backend);
  const times = await measure(order, { now: clock === "cpu" ? processorTime : () => performance.now(), workers });
  const peer = `lightmannet ${name} x${workers}`;
  const { workload, what, decoder } = order;
  console.log(JSON.stringify({ peer, workload, what, decoder, ...times, peak_mb: Math.round(peakRss() / 2 ** 20) }));
  Deno.exit(0); // workers and devices may linger
}
