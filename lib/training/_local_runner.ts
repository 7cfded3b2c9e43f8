import { doJob } from "./_do_job.ts";
import type { Job, JobResults, JobRunner, RunnerSetup } from "./_jobs.ts";

/** Lets the event loop turn once, so that signals, timers and requests are heard. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Does jobs in this thread, on the backend that is current. A job on WASM or CPU resolves without a turn of the event
 * loop, so before each job there is one: else no signal would be heard from one checkpoint to the next.
 */
export function localRunner(setup: RunnerSetup, signal: AbortSignal): JobRunner {
  return {
    async run<K extends Job["kind"]>(jobs: readonly Extract<Job, { kind: K }>[]) {
      const results: JobResults[K][] = [];
      for (const job of jobs) {
        await turn();
        signal.throwIfAborted();
        results.push(await doJob<K>(setup, job));
      }
      return results;
    },
    close() {},
  };
}
