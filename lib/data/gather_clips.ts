import { fileError } from "./_file_error.ts";
import type { ClipBytes, FileClips } from "./clip_bytes.ts";
import type { ClipSet } from "./clip_set.ts";

/** Reads clips of a file into their places; clips that follow each other there and here are read at once. */
function readFileClips(
  clips: FileClips,
  picks: readonly { readonly from: number; readonly to: number }[],
  out: Uint8Array,
  length: number,
): void {
  const doing = `read clips of ${clips.path}`;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(clips.path);
  } catch (error) {
    throw fileError(error, doing);
  }
  try {
    const { size, mtime } = file.statSync();
    if (size !== clips.fileSize || (mtime?.getTime() ?? null) !== clips.modified) {
      throw new Error(`Cannot ${doing}: expected the file as it was when it was opened, it has been changed since`);
    }
    for (let i = 0; i < picks.length;) {
      const { from, to } = picks[i]!;
      let run = 1;
      while (i + run < picks.length && picks[i + run]!.from === from + run && picks[i + run]!.to === to + run) run++;
      file.seekSync(clips.offset + from * length, Deno.SeekMode.Start);
      let rest = out.subarray(to * length, (to + run) * length);
      while (rest.length > 0) {
        const read = file.readSync(rest);
        if (read === null) throw new Error(`Cannot ${doing}: expected ${rest.length} more bytes, got its end`);
        rest = rest.subarray(read);
      }
      i += run;
    }
  } finally {
    file.close();
  }
}

/** Resolves each wanted clip to a part and its index there. */
function partsOf(clips: ClipBytes, indices: readonly number[]) {
  if ("parts" in clips) {
    return clips.parts.map((part, p) => ({
      part,
      picks: indices.flatMap((i, to) => (clips.part[i] === p ? [{ from: clips.index[i]!, to }] : [])),
    }));
  }
  return [{ part: clips, picks: indices.map((from, to) => ({ from, to })) }];
}

/**
 * Collects some clips of a set, in order: from memory, or by ranges from the packed file where they lie.
 *
 * A file is opened for the call only. That takes microseconds beside a training step, and leaves nothing to close.
 *
 * @param set The clips.
 * @param indices Clips from 0 to n − 1; may repeat.
 * @returns `[indices, M, H, W, C]` bytes, a copy.
 * @throws {RangeError} When an index is out of range.
 * @throws {Deno.errors.NotFound} When the packed file is gone.
 * @throws {Error} When it has been changed since it was opened.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ClipSet, gatherClips } from "./mod.ts";
 * const set = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: Uint8Array.of(7, 8, 9),
 *   ids: ["a", "b", "c"],
 * } as const satisfies Partial<ClipSet>;
 * assertEquals(gatherClips(set, [2, 0]), Uint8Array.of(9, 7));
 * ```
 */
export function gatherClips(
  set: Pick<ClipSet, "recipe" | "clips" | "ids">,
  indices: readonly number[],
): Uint8Array<ArrayBuffer> {
  const { frames, size, channels } = set.recipe;
  const length = frames * size * size * channels;
  const bad = indices.find((index) => !(Number.isInteger(index) && index >= 0 && index < set.ids.length));
  if (bad !== undefined) {
    throw new RangeError(`Cannot gather clips: expected indices from 0 to ${set.ids.length - 1}, got ${bad}`);
  }
  const out = new Uint8Array(indices.length * length); // [indices, M, H, W, C]
  for (const { part, picks } of partsOf(set.clips, indices)) {
    if (picks.length === 0) continue;
    if (!(part instanceof Uint8Array)) readFileClips(part, picks, out, length);
    else for (const { from, to } of picks) out.set(part.subarray(from * length, (from + 1) * length), to * length);
  }
  return out;
}
