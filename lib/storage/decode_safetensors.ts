import { ARRAYS } from "./_dtypes.ts";
import { headerLength, parseSafetensorsHeader } from "./_safetensors_header.ts";
import type { StoredTensor } from "./types.ts";

/**
 * Reads a safetensors file, trusting nothing.
 *
 * The data must be covered exactly: sorted by offset, each tensor begins where the one before it ends, and the last
 * ends with the file. Arrays are copies, so the result does not hold on to the file's bytes.
 *
 * @param bytes The whole file.
 * @returns The tensors by name, in file order, and the strings of `__metadata__` (empty when there is none).
 * @throws {SyntaxError} When the header is too long, cut off or no JSON object; a key appears twice; a dtype is
 * other than F32, I32 or U8; a shape is negative, fractional or overflows; offsets leave holes, overlap, leave the
 * file or disagree with the shape; bytes trail; `__metadata__` is not string to string.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { decodeSafetensors } from "./mod.ts";
 * assertThrows(() => decodeSafetensors(new Uint8Array(4)), SyntaxError, "expected 8 bytes");
 * ```
 *
 * Source: https://huggingface.co/docs/safetensors
 */
export function decodeSafetensors(
  bytes: Uint8Array,
): { tensors: Record<string, StoredTensor>; metadata: Record<string, string> } {
  const dataStart = 8 + headerLength(bytes, bytes.length);
  const { metadata, entries } = parseSafetensorsHeader(bytes.subarray(8, dataStart), bytes.length - dataStart);
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, StoredTensor] => {
    // The constructor copies for every subclass; slice() of a Node Buffer would not.
    const copy = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    return [name, { dtype, shape, data: new ARRAYS[dtype](copy.buffer) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}
