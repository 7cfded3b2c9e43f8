/** Takes one measurement, or one count, in a process of its own and prints it as JSON: started by `bench.ts`, one argument of JSON. */
import process from "node:process";
import { type BenchOrder, countStep, measure, WORKLOADS } from "../lib/bench/mod.ts";
import { type BackendName, chooseBackend } from "../lib/runtime/mod.ts";
import { peakRss } from "./_lib/peak_rss.ts";

/** What {@linkcode BenchOrder} leaves open. */
export interface RowOrder extends BenchOrder {
  readonly backend: BackendName | "auto";
  readonly workers: number;
  /** Wall clock, or processor time of all threads. */
  readonly clock: "wall" | "cpu";
  /** Count what WebGPU is asked to do instead. */
  readonly count: boolean;
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

if (import.meta.main) {
  const { backend, workers, clock, count, ...order } = JSON.parse(Deno.args[0]!) as RowOrder;
  const { name } = await chooseBackend(count ? "webgpu" : backend);
  const { workload, what, decoder } = order;
  if (count) {
    const { first, next } = await countStep(order);
    const { tasks = WORKLOADS[workload as keyof typeof WORKLOADS].tasks } = order;
    console.log(JSON.stringify({ workload, what, decoder, tasks, compiled: first.pipelines, ...next }));
  } else {
    const times = await measure(order, { now: clock === "cpu" ? processorTime : () => performance.now(), workers });
    const peer = `lightmannet ${name} x${workers}`;
    console.log(JSON.stringify({ peer, workload, what, decoder, ...times, peak_mb: Math.round(peakRss() / 2 ** 20) }));
  }
  Deno.exit(0); // workers and devices may linger
}
