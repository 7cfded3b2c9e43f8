import { ARRAYS } from "./_dtypes.ts";
import { layoutSafetensors } from "./layout_safetensors.ts";
import type { StoredTensor } from "./types.ts";

/** Throws TypeError unless the data fit type and shape. */
function checkData(name: string, { dtype, shape, data }: StoredTensor): void {
  const fail = (expected: string, got: unknown): never => {
    throw new TypeError(`Cannot encode tensor "${name}": expected ${expected}, got ${got}`);
  };
  if (!(data instanceof ARRAYS[dtype])) fail(`${ARRAYS[dtype].name} for ${dtype}`, data?.constructor?.name);
  const elements = shape.reduce((product, side) => product * side, 1);
  if (elements !== data.length) fail(`${elements} elements for shape [${shape}]`, data.length);
}

/**
 * Writes tensors as one safetensors file.
 *
 * The layout is {@linkcode layoutSafetensors}'s: the same content always gives the same bytes.
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
  const { header, places, size } = layoutSafetensors(tensors, metadata);
  for (const [name, tensor] of Object.entries(tensors)) checkData(name, tensor);
  const bytes = new Uint8Array(size);
  bytes.set(header);
  for (const [name, { offset }] of Object.entries(places)) {
    const { data } = tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
  }
  return bytes;
}
