import * as tf from "@tensorflow/tfjs-core";
import type { ClipSet } from "../data/mod.ts";
import type { ObjectStore } from "../storage/mod.ts";
import { doUnit } from "./_do_unit.ts";
import { keptUnits } from "./_kept_units.ts";
import { openUnitPool } from "./_unit_pool.ts";
import type { StudyPlan, Unit, UnitResult } from "./types.ts";

/** Options of {@linkcode runStudy}. */
export interface RunStudyOptions {
  /** Where finished units are kept. */
  readonly store: ObjectStore;
  readonly tenant: string;
  /** Units done in parallel; 0 or 1: one after another in this thread. WebGPU always runs in this thread. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Told of progress: units done (with shares of those in work), of all, and how many of them were kept from before. */
  onProgress(done: number, total: number, kept: number): void;
}

/**
 * Runs a plan's units and returns their results in the plan's order.
 *
 * Every finished unit is written to the store at once, under a name that holds all that decides it, so a study that was
 * interrupted or killed goes on where it was, and another protocol reuses what it shares. Each unit runs on one core;
 * its result does not depend on the number of workers.
 *
 * @param plan What to run.
 * @param set The clips that it was planned for.
 * @param options Store, workers, cancellation, progress.
 * @returns One result a unit.
 * @throws The signal's reason when it is aborted, and what stops a unit other than divergence; finished units are kept.
 *
 * @example
 * ```ts ignore
 * import { configSchema } from "../config/mod.ts";
 * import { openStore } from "../storage/mod.ts";
 * import { planStudy, runStudy } from "./mod.ts";
 * const plan = planStudy("loso", configSchema.parse({}), set);
 * const results = await runStudy(plan, set, {
 *   store: openStore("file:./store"), tenant: "default", workers: 2, signal: new AbortController().signal,
 *   onProgress: (done, total) => console.log(done, total),
 * });
 * ```
 */
export async function runStudy(plan: StudyPlan, set: ClipSet, options: RunStudyOptions): Promise<UnitResult[]> {
  const { store, tenant, workers, signal, onProgress } = options;
  const backend = tf.getBackend();
  const found = await keptUnits(plan, set, { store, tenant, signal });
  const results = found.map(({ result }) => result);
  const kept = results.filter((result) => result !== null).length;
  const shares = results.map((result): number => (result === null ? 0 : 1));
  const report = () => onProgress(shares.reduce((a, b) => a + b, 0), shares.length, kept);
  report();
  const left = [...results.keys()].filter((i) => results[i] === null);
  if (left.length > 0) {
    const work = async (i: number, run: (unit: Unit, onStep: (share: number) => void) => Promise<UnitResult>) => {
      const result = await run(plan.units[i]!, (share) => {
        shares[i] = 0.99 * share; // what is left is the evaluation
        report();
      });
      await store.put(found[i]!.key, new TextEncoder().encode(JSON.stringify(result)));
      results[i] = result;
      shares[i] = 1;
      report();
    };
    if (workers > 1 && (backend === "wasm" || backend === "cpu")) {
      await inWorkers(set, { workers: Math.min(workers, left.length), backend, signal }, left, work);
    } else {
      for (const i of left) await work(i, (unit, onStep) => doUnit(set, unit, { signal, onStep }));
    }
  }
  return results as UnitResult[];
}

async function inWorkers(
  set: ClipSet,
  { workers, backend, signal }: { workers: number; backend: "wasm" | "cpu"; signal: AbortSignal },
  left: readonly number[],
  work: (
    i: number,
    run: (unit: Unit, onStep: (share: number) => void) => Promise<UnitResult>,
  ) => Promise<void>,
): Promise<void> {
  const pool = await openUnitPool(set, workers, backend);
  signal.addEventListener("abort", pool.close, { once: true });
  try {
    signal.throwIfAborted();
    let failure: { readonly error: unknown } | null = null;
    await Promise.all(left.map((i) =>
      work(i, pool.run).catch((error) => {
        // What stops one unit, other than divergence, stops them all: the rest of the hour would be in vain.
        failure ??= { error };
        pool.close();
      })
    ));
    signal.throwIfAborted(); // a stopped worker is not the reason, the signal is
    if (failure !== null) throw (failure as { readonly error: unknown }).error;
  } finally {
    signal.removeEventListener("abort", pool.close);
    pool.close();
  }
}
