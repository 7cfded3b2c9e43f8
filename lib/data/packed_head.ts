import { PACKED_FORMAT, PACKED_FORMAT_VERSION, PACKED_KINDS } from "./_packed_format.ts";
import type { ClipSet } from "./clip_set.ts";
import type { PackedClipSet } from "./packed_clip_set.ts";

/** A packed data set but for its clips. */
export interface PackedHead extends PackedClipSet {
  /** Type and shape of the tensor `clips`. */
  readonly clips: { readonly dtype: "U8"; readonly shape: readonly number[] };
}

/**
 * Lays out everything of a packed data set that is known before its clips are read.
 *
 * @param set What the clips are.
 * @returns The small tensors, the metadata, and the shape of `clips`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { packedHead } from "./mod.ts";
 * const { clips } = packedHead({
 *   recipe: { frames: 4, size: 8, channels: 1, input: "frames", time: "tim" },
 *   ids: ["c1"],
 *   labels: Int32Array.of(0),
 *   subjects: Int32Array.of(0),
 *   kinds: ["micro"],
 *   classes: ["happy"],
 *   subjectNames: ["db/s1"],
 * });
 * assertEquals(clips.shape, [1, 4, 8, 8, 1]);
 * ```
 */
export function packedHead(set: Omit<ClipSet, "clips">): PackedHead {
  const { recipe, ids } = set;
  const n = ids.length;
  return {
    clips: { dtype: "U8", shape: [n, recipe.frames, recipe.size, recipe.size, recipe.channels] },
    tensors: {
      labels: { dtype: "I32", shape: [n], data: set.labels },
      subjects: { dtype: "I32", shape: [n], data: set.subjects },
      kinds: { dtype: "U8", shape: [n], data: Uint8Array.from(set.kinds, (kind) => PACKED_KINDS.indexOf(kind)) },
    },
    metadata: {
      format: PACKED_FORMAT,
      formatVersion: PACKED_FORMAT_VERSION,
      recipe: JSON.stringify(recipe),
      classes: JSON.stringify(set.classes),
      subjects: JSON.stringify(set.subjectNames),
      kinds: JSON.stringify(PACKED_KINDS),
      ids: JSON.stringify(ids),
    },
  };
}
