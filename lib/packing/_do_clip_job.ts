import { createHash } from "node:crypto";
import type { ClipJob, ClipResult } from "./_clip_jobs.ts";
import { readEntry, stampOf } from "./_read_entry.ts";

function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Does one clip's work, in whichever thread. */
export async function doClipJob(job: ClipJob): Promise<ClipResult> {
  // Before the frames are read: a file that changes meanwhile has another stamp later.
  const stamp = sha256(await stampOf(job.entry));
  if (job.what === "stamp") return { stamp, clip: null };
  const clip = await readEntry(job);
  return { stamp, clip: { ...clip, sha256: sha256(clip.bytes) } };
}
