import { createComputer } from "../runtime/mod.ts";
import { doGradients, type GradientJob } from "./_do_gradients.ts";
import { doJob } from "./_do_job.ts";
import { groupJobs } from "./_group_jobs.ts";
import type { Job, JobResults, JobRunner, RunnerSetup } from "./_jobs.ts";

/** Lets the event loop turn once, so that signals, timers and requests are heard. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Does jobs in this thread, on the backend that is current. A job on WASM or CPU resolves without a turn of the event
 * loop, so before each job there is one: else no signal would be heard from one checkpoint to the next. On WebGPU the tasks of
 * a step are done together where they can be, and a step like one before it from a recording.
 */
export function localRunner(setup: RunnerSetup, signal: AbortSignal): JobRunner {
  const computer = createComputer();
  return {
    async run<K extends Job["kind"]>(jobs: readonly Extract<Job, { kind: K }>[]) {
      const results: JobResults[K][] = [];
      for (const group of groupJobs(setup, jobs)) {
        await turn();
        signal.throwIfAborted();
        const together = group.length > 1
          ? await doGradients(setup, group as Job[] as GradientJob[], computer.compute) as JobResults[K][]
          : [await doJob<K>(setup, group[0]!, computer.compute)];
        results.push(...together);
      }
      return results;
    },
    close: computer.close,
  };
}
