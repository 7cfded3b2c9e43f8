import { PACKED_FORMAT, PACKED_FORMAT_VERSION, PACKED_KINDS } from "./_packed_format.ts";
import type { ClipSet } from "./clip_set.ts";
import type { PackedClipSet } from "./packed_clip_set.ts";

/**
 * Lays a set out as a packed data set: the tensors and metadata of one safetensors file.
 *
 * @param set The clips; their bytes are shared, not copied.
 * @returns Tensors and metadata, ready for the safetensors codec. {@linkcode decodePacked} is the inverse.
 * @throws {TypeError} When the clips lie in a file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type ClipSet, decodePacked, encodePacked } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: Uint8Array.of(7),
 *   ids: ["c1"],
 *   labels: Int32Array.of(0),
 *   subjects: Int32Array.of(0),
 *   kinds: ["micro"],
 *   classes: ["happy"],
 *   subjectNames: ["db/s1"],
 * };
 * const { tensors, metadata } = encodePacked(set);
 * assertEquals(decodePacked(tensors, metadata), set);
 * ```
 */
export function encodePacked(set: ClipSet): PackedClipSet {
  const { recipe, ids, clips } = set;
  if (!(clips instanceof Uint8Array)) throw new TypeError("Cannot encode a packed set: expected clips in memory");
  const n = ids.length;
  return {
    tensors: {
      clips: { dtype: "U8", shape: [n, recipe.frames, recipe.size, recipe.size, recipe.channels], data: clips },
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
