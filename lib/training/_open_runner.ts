import * as tf from "@tensorflow/tfjs-core";
import type { Job, JobRunner, RunnerSetup } from "./_jobs.ts";
import { localRunner } from "./_local_runner.ts";
import { workerPool } from "./_worker_pool.ts";

/**
 * A runner on the current backend: in this thread, or in workers where the backend has one core an instance. Once the
 * signal is aborted it stops, and `run` throws the signal's reason.
 */
export async function openRunner(setup: RunnerSetup, workers: number, signal: AbortSignal): Promise<JobRunner> {
  signal.throwIfAborted();
  const backend = tf.getBackend();
  const runner = workers > 1 && (backend === "wasm" || backend === "cpu")
    ? await workerPool(workers, setup, backend)
    : localRunner(setup, signal);
  const stop = () => runner.close();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return {
    async run<K extends Job["kind"]>(jobs: readonly Extract<Job, { kind: K }>[]) {
      signal.throwIfAborted();
      try {
        return await runner.run<K>(jobs);
      } catch (error) {
        signal.throwIfAborted(); // a stopped worker is not the reason, the signal is
        if (error instanceof Error && error.message.startsWith("Aborted(")) {
          const message = "Cannot go on: the WASM module aborted, as it does when its memory is full; " +
            "reduce size, frames, channels, shots or queries";
          throw new Error(message, { cause: error });
        }
        throw error;
      }
    },
    close() {
      signal.removeEventListener("abort", stop);
      runner.close();
    },
  };
}
