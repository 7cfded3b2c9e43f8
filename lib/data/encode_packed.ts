import type { ClipSet } from "./clip_set.ts";
import type { PackedClipSet } from "./packed_clip_set.ts";
import { packedHead } from "./packed_head.ts";

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
  const { clips } = set;
  if (!(clips instanceof Uint8Array)) throw new TypeError("Cannot encode a packed set: expected clips in memory");
  const head = packedHead(set);
  return { tensors: { clips: { ...head.clips, data: clips }, ...head.tensors }, metadata: head.metadata };
}
