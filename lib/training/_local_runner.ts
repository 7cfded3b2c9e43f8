import { doJob } from "./_do_job.ts";
import type { Job, JobResults, JobRunner, RunnerSetup } from "./_jobs.ts";

/** Does jobs in this thread, on the backend that is current. */
export function localRunner(setup: RunnerSetup, signal: AbortSignal): JobRunner {
  return {
    async run<K extends Job["kind"]>(jobs: readonly Extract<Job, { kind: K }>[]) {
      const results: JobResults[K][] = [];
      for (const job of jobs) {
        signal.throwIfAborted();
        results.push(await doJob<K>(setup, job));
      }
      return results;
    },
    close() {},
  };
}
