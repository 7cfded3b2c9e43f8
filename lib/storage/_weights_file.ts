import type { Tree } from "../tree/mod.ts";
import { decodeSafetensors } from "./decode_safetensors.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import { flattenWeights } from "./flatten_weights.ts";
import { sha256 } from "./sha256.ts";
import type { ObjectStore, StoredTensor } from "./types.ts";
import { unflattenWeights } from "./unflatten_weights.ts";

/** Bytes of a weights file, the same for the same weights. */
export function encodeWeights(weights: Tree<StoredTensor>): Uint8Array {
  return encodeSafetensors(flattenWeights(weights), { format: "lightmannet", formatVersion: "1" });
}

/**
 * Reads and verifies a weights file.
 *
 * @returns The weights, or null when there is no such object.
 * @throws {SyntaxError} When the bytes have another SHA-256 or are no safetensors.
 */
export async function readWeights(
  store: ObjectStore,
  key: string,
  expected: string,
): Promise<Tree<StoredTensor> | null> {
  const bytes = await store.get(key);
  if (bytes === null) return null;
  const got = await sha256(bytes);
  if (got !== expected) throw new SyntaxError(`Cannot read "${key}": expected SHA-256 ${expected}, got ${got}`);
  return unflattenWeights(decodeSafetensors(bytes).tensors);
}
