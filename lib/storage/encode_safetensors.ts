import { ARRAYS, ELEMENT_BYTES, isStoredDtype } from "./_dtypes.ts";
import type { StoredTensor } from "./types.ts";

function checkTensor(name: string, tensor: StoredTensor): void {
  const fail = (expected: string, got: unknown): never => {
    throw new TypeError(`Cannot encode tensor "${name}": expected ${expected}, got ${got}`);
  };
  if (name === "__metadata__") fail("another name, that one is reserved", name);
  if (!isStoredDtype(tensor.dtype)) fail("dtype F32, I32 or U8", tensor.dtype);
  if (!(tensor.data instanceof ARRAYS[tensor.dtype])) {
    fail(`${ARRAYS[tensor.dtype].name} for ${tensor.dtype}`, tensor.data?.constructor?.name);
  }
  if (!tensor.shape.every((side) => Number.isSafeInteger(side) && side >= 0)) {
    fail("a shape of non-negative integers", `[${tensor.shape}]`);
  }
  const elements = tensor.shape.reduce((product, side) => product * side, 1);
  if (elements !== tensor.data.length) fail(`${elements} elements for shape [${tensor.shape}]`, tensor.data.length);
}

/**
 * Writes tensors as one safetensors file.
 *
 * Layout: u64 little-endian header length, JSON header padded with spaces to 8 bytes, data without holes. Wider
 * elements come first, then names in code-unit order, so that every tensor is aligned (as the reference
 * implementation does it) and the same content always gives the same bytes.
 *
 * @param tensors Tensors by name.
 * @param metadata Strings for `__metadata__`, written in name order; nothing is written when it is empty.
 * @returns The file's bytes.
 * @throws {TypeError} When a name is `__metadata__`, or dtype, array and shape disagree.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeSafetensors, encodeSafetensors } from "./mod.ts";
 * const w = { dtype: "F32", shape: [1, 2], data: new Float32Array([1, 2]) } as const;
 * assertEquals(decodeSafetensors(encodeSafetensors({ w })).tensors, { w });
 * ```
 *
 * Source: https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) checkTensor(name, tensor);
  entries.sort(([a, x], [b, y]) => ELEMENT_BYTES[y.dtype] - ELEMENT_BYTES[x.dtype] || (a < b ? -1 : 1));
  const header: [string, unknown][] = [];
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (texts.length > 0) header.push(["__metadata__", Object.fromEntries(texts)]);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    header.push([name, { dtype, shape: [...shape], data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  let at = 8 + headerLength;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
