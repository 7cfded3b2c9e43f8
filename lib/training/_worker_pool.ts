import type { Job, JobResults, JobRunner, RunnerSetup } from "./_jobs.ts";
import type { WorkerReply, WorkerRequest } from "./_worker.ts";

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** One worker, doing one job at a time. */
class Hand {
  readonly #worker = new Worker(new URL("./_worker.ts", import.meta.url), { type: "module" });
  #waiting: Waiting | null = null;
  #closed = false;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (data.type === "error") waiting?.reject(new Error(data.message));
      else waiting?.resolve(data.type === "result" ? data.result : undefined);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#waiting?.reject(new Error(`A worker failed: ${event.message}`));
      this.#waiting = null;
    };
  }

  ask(request: WorkerRequest): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error("The worker was stopped"));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#worker.postMessage(request);
    });
  }

  close(): void {
    this.#closed = true;
    this.#worker.terminate();
    this.#waiting?.reject(new Error("The worker was stopped"));
    this.#waiting = null;
  }
}

/**
 * Does jobs in parallel, one backend a worker. Results come in the order of the jobs, whichever worker did them, and
 * each is what {@linkcode localRunner} would give to the bit.
 */
export async function workerPool(workers: number, setup: RunnerSetup, backend: "wasm" | "cpu"): Promise<JobRunner> {
  const hands = Array.from({ length: workers }, () => new Hand());
  const close = () => hands.forEach((hand) => hand.close());
  try {
    await Promise.all(hands.map((hand) => hand.ask({ type: "setup", setup, backend })));
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
            results[id] = await hand.ask({ type: "job", id, job: jobs[id]! }) as JobResults[K];
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
