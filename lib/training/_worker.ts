import { chooseBackend } from "../runtime/mod.ts";
import { doJob } from "./_do_job.ts";
import type { Job, RunnerSetup } from "./_jobs.ts";

/** What a worker is told: once the setup, then jobs. */
export type WorkerRequest =
  | { readonly type: "setup"; readonly setup: RunnerSetup; readonly backend: "wasm" | "cpu" }
  | { readonly type: "job"; readonly id: number; readonly job: Job };

/** What it answers: ready, a result, or an error. */
export type WorkerReply =
  | { readonly type: "ready" }
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | { readonly type: "error"; readonly id: number; readonly message: string };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(reply: WorkerReply): void;
};

let setup: RunnerSetup | undefined;

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const id = request.type === "job" ? request.id : -1;
  try {
    if (request.type === "setup") {
      setup = request.setup;
      await chooseBackend(request.backend);
      return { type: "ready" };
    }
    return { type: "result", id, result: await doJob(setup!, request.job as Extract<Job, { kind: "meta" }>) };
  } catch (error) {
    return { type: "error", id, message: error instanceof Error ? error.message : String(error) };
  }
}

scope.onmessage = async (event) => scope.postMessage(await answer(event.data));
