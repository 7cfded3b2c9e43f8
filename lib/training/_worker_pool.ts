import { WorkerHand } from "../runtime/mod.ts";
import type { Job, JobResults, JobRunner, RunnerSetup } from "./_jobs.ts";
import type { WorkerAsk } from "./_worker.ts";

const MODULE = new URL("./_worker.ts", import.meta.url);

/**
 * Does jobs in parallel, one backend a worker. Results come in the order of the jobs, whichever worker did them, and
 * each is what {@linkcode localRunner} would give to the bit.
 */
export async function workerPool(workers: number, setup: RunnerSetup, backend: "wasm" | "cpu"): Promise<JobRunner> {
  const hands = Array.from({ length: workers }, () => new WorkerHand<WorkerAsk, unknown>(MODULE));
  const close = () => hands.forEach((hand) => hand.close());
  try {
    await Promise.all(hands.map((hand) => hand.ask({ setup, backend })));
  } catch (error) {
    close();
    throw error;
  }
  return {
    async run<K extends Job["kind"]>(jobs: readonly Extract<Job, { kind: K }>[]) {
      const results: JobResults[K][] = [];
      let next = 0;
      const shares = await Promise.allSettled(hands.map(async (hand) => {
        try {
          while (next < jobs.length) {
            const id = next++;
            results[id] = await hand.ask({ job: jobs[id]! }) as JobResults[K];
          }
        } catch (error) {
          next = jobs.length; // the others finish what they have begun, and the pool can be asked again
          throw error;
        }
      }));
      const failed = shares.find((share) => share.status === "rejected");
      if (failed) throw failed.reason;
      return results;
    },
    close,
  };
}
