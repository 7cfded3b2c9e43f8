import { createHash } from "node:crypto";
import type { ClipJob, ClipResult } from "./_clip_jobs.ts";
import { readEntry, stampOf } from "./_read_entry.ts";

function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Does one clip's work, in whichever thread. */
export async function doClipJob({ entry, recipe, what, all, pictures }: ClipJob): Promise<ClipResult> {
  // Before the frames are read: a file that changes meanwhile has another stamp later.
  const stamp = sha256(await stampOf(entry));
  if (what === "stamp") return { stamp, clip: null };
  const clip = await readEntry(entry, recipe, { all, pictures });
  return { stamp, clip: { ...clip, sha256: sha256(clip.bytes) } };
}
