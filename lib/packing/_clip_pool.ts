import { type ClipJob, type ClipResult, toError, toFailure } from "./_clip_jobs.ts";
import type { ClipReply } from "./_clip_worker.ts";
import { doClipJob } from "./_do_clip_job.ts";

/** Does clips' work, one at a time. */
interface Hand {
  work(job: ClipJob): Promise<ClipReply>;
  close(): void;
}

/** A thread of its own; after a crash a new one is started with the next job. */
function workerHand(): Hand {
  let worker: Worker | null = null;
  let settle: ((reply: ClipReply) => void) | null = null;
  const answer = (reply: ClipReply) => {
    settle?.(reply);
    settle = null;
  };
  const stop = (message: string) => {
    worker?.terminate();
    worker = null;
    answer({ failure: { kind: "Error", message } });
  };
  const start = () => {
    const started = new Worker(new URL("./_clip_worker.ts", import.meta.url), { type: "module" });
    started.onmessage = ({ data }: MessageEvent<ClipReply>) => answer(data);
    started.onerror = (event) => {
      event.preventDefault();
      stop(`a worker failed: ${event.message}`);
    };
    return started;
  };
  return {
    work: (job) =>
      new Promise((resolve) => {
        settle = resolve;
        worker ??= start();
        worker.postMessage(job);
      }),
    close: () => stop("the worker was stopped"),
  };
}

/** This thread. */
const ownHand: Hand = {
  work: (job) => doClipJob(job).then((result) => ({ result }), (error) => ({ failure: toFailure(error) })),
  close() {},
};

/** Options of {@linkcode runClipJobs}. */
export interface RunClipJobsOptions {
  /** Threads; 0: this one. */
  readonly workers: number;
  readonly signal: AbortSignal | undefined;
  /**
   * Takes a job's result, in the order of completion, before the next job of that thread begins: whoever writes slowly
   * holds the reading up, and never more than one clip a thread is in memory.
   */
  onResult(result: ClipResult, index: number): void;
  /** Takes a failed job; throws to end the run. */
  onFailure(error: Error, index: number): void;
}

/**
 * Does the jobs, as many at a time as there are threads; each takes the next one when it is free. Rejects with the
 * first error that a callback throws, or with the signal's reason.
 */
export async function runClipJobs(jobs: readonly ClipJob[], options: RunClipJobsOptions): Promise<void> {
  const { workers, signal, onResult, onFailure } = options;
  signal?.throwIfAborted();
  if (jobs.length === 0) return;
  const hands = workers === 0 ? [ownHand] : Array.from({ length: Math.min(workers, jobs.length) }, workerHand);
  const close = () => hands.forEach((hand) => hand.close());
  signal?.addEventListener("abort", close, { once: true });
  let next = 0;
  try {
    await Promise.all(hands.map(async (hand) => {
      while (next < jobs.length) {
        const index = next++;
        const reply = await hand.work(jobs[index]!);
        signal?.throwIfAborted();
        try {
          if ("result" in reply) onResult(reply.result, index);
          else onFailure(toError(reply.failure, jobs[index]!.entry), index);
        } catch (error) {
          next = jobs.length;
          throw error;
        }
      }
    }));
  } finally {
    signal?.removeEventListener("abort", close);
    close();
  }
}
