import { answerAsks, chooseBackend } from "../runtime/mod.ts";
import { doJob } from "./_do_job.ts";
import type { Job, RunnerSetup } from "./_jobs.ts";

/** What a worker is asked: once the setup, then jobs. */
export type WorkerAsk = { readonly setup: RunnerSetup; readonly backend: "wasm" | "cpu" } | { readonly job: Job };

let setup: RunnerSetup | undefined;

answerAsks<WorkerAsk, unknown>(async (ask) => {
  if ("job" in ask) return await doJob(setup!, ask.job as Extract<Job, { kind: "meta" }>);
  setup = ask.setup;
  await chooseBackend(ask.backend);
});
