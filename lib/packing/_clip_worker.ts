import { type ClipFailure, type ClipJob, type ClipResult, toFailure } from "./_clip_jobs.ts";
import { doClipJob } from "./_do_clip_job.ts";

/** What a worker answers to a {@linkcode ClipJob}. */
export type ClipReply = { readonly result: ClipResult } | { readonly failure: ClipFailure };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ClipJob>) => void) | null;
  postMessage(reply: ClipReply, transfer: Transferable[]): void;
};

scope.onmessage = async ({ data }) => {
  try {
    const result = await doClipJob(data);
    scope.postMessage({ result }, result.clip === null ? [] : [result.clip.bytes.buffer]);
  } catch (error) {
    scope.postMessage({ failure: toFailure(error) }, []);
  }
};
