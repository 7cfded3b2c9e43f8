import type { Recipe } from "../data/mod.ts";
import { yieldToEvents } from "../process/mod.ts";
import type { ClipSource } from "./clip_source.ts";

/**
 * Decodes and preprocesses a request's clips one after another into one batch.
 *
 * @param clips The clips.
 * @param recipe The model's preprocessing.
 * @param options `signal`: gives up before the next clip.
 * @returns `[B, M, H, W, C]` bytes.
 * @throws {ProblemError} 422 naming the clip or frame that cannot be decoded; the signal's reason.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { prepareClips } from "./mod.ts";
 * const recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * const clip = { label: null, kind: "micro", prepare: () => Promise.resolve(Uint8Array.of(7)) } as const;
 * assertEquals(await prepareClips([clip, clip], recipe), Uint8Array.of(7, 7));
 * ```
 */
export async function prepareClips(
  clips: readonly ClipSource[],
  recipe: Recipe,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  const size = recipe.frames * recipe.size * recipe.size * recipe.channels;
  const batch = new Uint8Array(clips.length * size);
  for (const [i, clip] of clips.entries()) {
    options.signal?.throwIfAborted();
    batch.set(await clip.prepare(recipe), i * size);
    // Decoding does not yield by itself; health checks must be answered between clips.
    await yieldToEvents();
  }
  return batch;
}
