import { openWork } from "./_work.ts";
import { workloadOf } from "./_task_gradient.ts";
import type { BenchOrder, BenchTimes } from "./types.ts";

/** Options of {@linkcode measure}. */
export interface MeasureOptions {
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Workers that share the tasks of a meta-batch. Default 1: this thread does them all. */
  readonly workers?: number;
}

/**
 * Measures one piece of work on the backend that is current: two rounds of warming up, then the median of some more.
 * Every round ends with its result read back, so an accelerator has done its work when the clock is stopped.
 *
 * @param order What is measured.
 * @param options Clock and workers.
 * @returns Times.
 * @throws {RangeError} When there is no such workload, or a task of it would not fit into WASM's memory.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chooseBackend } from "../runtime/mod.ts";
 * import { measure } from "./mod.ts";
 * await chooseBackend("wasm");
 * const order = { what: "predict", workload: "tiny", decoder: "none", repeats: 1 } as const;
 * assert((await measure(order, { now: () => performance.now() })).ms > 0);
 * ```
 */
export async function measure(order: BenchOrder, options: MeasureOptions): Promise<BenchTimes> {
  const { now, workers = 1 } = options;
  const { what, repeats } = order;
  const work = await openWork(order, workers);
  const times: number[] = [];
  try {
    const rounds = repeats * (what === "predict" ? 10 : 1) + 2;
    for (let round = 0; round < rounds; round++) {
      const begun = now();
      await work.once();
      if (round >= 2) times.push(now() - begun);
    }
  } finally {
    work.close();
  }
  times.sort((a, b) => a - b);
  const ms = times[times.length >> 1]!;
  const perSecond = what.startsWith("meta") ? Math.round(workloadOf(order).tasks / ms * 1e6) / 1e3 : null;
  const round = (value: number) => Math.round(value * 100) / 100;
  return { ms: round(ms), min_ms: round(times[0]!), tasks_per_s: perSecond };
}
