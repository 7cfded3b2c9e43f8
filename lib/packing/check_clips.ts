import type { ClipEntry, Recipe } from "../data/mod.ts";
import { runClipJobs } from "./_clip_pool.ts";
import type { ClipFacts, ClipPicture } from "./clip_facts.ts";

/** One clip after the check. */
export interface CheckedClip {
  /** What was found; null when the clip cannot be read. */
  readonly facts: ClipFacts | null;
  /** Why it cannot. */
  readonly error: string | null;
  /** Onset, apex and offset, of the clips that were asked for. */
  readonly pictures: readonly ClipPicture[];
}

/** Options of {@linkcode checkClips}. */
export interface CheckClipsOptions {
  /** Threads that read; 0: the caller's own. @default {navigator.hardwareConcurrency} */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Indices of the clips whose onset, apex and offset are wanted as pictures. */
  readonly pictures?: ReadonlySet<number>;
  /** Called after each clip: clips done, clips of the whole, frames read so far. */
  readonly onProgress?: (done: number, total: number, frames: number) => void;
}

/**
 * Reads clips as {@linkcode packClips} would, but writes nothing and goes on after errors.
 *
 * Every frame of every clip is decoded in full, also those that the recipe passes over: only that finds a picture that
 * breaks off in the middle.
 *
 * @param entries The clips.
 * @param recipe What they would be packed with.
 * @param options Threads, pictures, progress, cancellation.
 * @returns One finding a clip, in the order of the entries.
 * @throws The signal's reason, when it was aborted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { checkClips } from "./mod.ts";
 * const entry = {
 *   id: "c1", database: "demo", subject: "s1", label: "happy", kind: "micro", path: "/nowhere/c1",
 *   onset: null, apex: null, offset: null, fps: null, file: "demo.csv", line: 2,
 * } as const;
 * const recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * const [clip] = await checkClips([entry], recipe, { workers: 0 });
 * assertEquals(clip!.facts, null);
 * ```
 */
export async function checkClips(
  entries: readonly ClipEntry[],
  recipe: Recipe,
  options: CheckClipsOptions = {},
): Promise<CheckedClip[]> {
  const { workers = navigator.hardwareConcurrency, signal, pictures, onProgress } = options;
  const checked: CheckedClip[] = [];
  let [done, frames] = [0, 0];
  onProgress?.(0, entries.length, 0);
  await runClipJobs(
    entries.map((entry, i) => (
      { entry, recipe, what: "read", all: true, pictures: pictures?.has(i) === true, strict: false }
    )),
    {
      workers,
      signal,
      onResult({ clip }, index) {
        const { facts, pictures } = clip!;
        checked[index] = { facts, error: null, pictures };
        onProgress?.(++done, entries.length, frames += facts.frames);
      },
      onFailure(error, index) {
        checked[index] = { facts: null, error: error.message, pictures: [] };
        onProgress?.(++done, entries.length, frames);
      },
    },
  );
  return checked;
}
