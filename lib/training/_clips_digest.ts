import { createHash } from "node:crypto";
import { type ClipSet, gatherClips } from "../data/mod.ts";

/** Stands for the clips' content. A packed file carries its own digest, so that it need not be read whole. */
export function clipsDigest(set: ClipSet): string {
  const { clips } = set;
  if ("path" in clips && clips.digest !== null) return clips.digest;
  const whole = createHash("sha256");
  if ("parts" in clips && clips.parts.every((part) => "path" in part && part.digest !== null)) {
    const digests = clips.parts.map((part) => "path" in part && part.digest);
    return whole.update(JSON.stringify([digests, [...clips.part], [...clips.index]])).digest("hex");
  }
  set.ids.forEach((_, i) => whole.update(createHash("sha256").update(gatherClips(set, [i])).digest("hex")));
  return whole.digest("hex");
}
