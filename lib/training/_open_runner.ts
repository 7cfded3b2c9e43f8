import * as tf from "@tensorflow/tfjs-core";
import type { JobRunner, RunnerSetup } from "./_jobs.ts";
import { localRunner } from "./_local_runner.ts";
import { workerPool } from "./_worker_pool.ts";

/** A runner on the current backend: in this thread, or in workers where the backend has one core an instance. */
export async function openRunner(setup: RunnerSetup, workers: number): Promise<JobRunner> {
  const backend = tf.getBackend();
  return workers > 1 && (backend === "wasm" || backend === "cpu")
    ? await workerPool(workers, setup, backend)
    : localRunner(setup);
}
