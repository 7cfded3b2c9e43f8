import { ELEMENT_BYTES, isStoredDtype } from "./_dtypes.ts";
import type { StoredDtype } from "./types.ts";

/** A tensor without its data. */
export interface TensorSpec {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
}

/** A safetensors file before its data: the bytes of its beginning, and where each tensor's bytes go. */
export interface SafetensorsLayout {
  /** Header length and header: the file's first bytes. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** For each tensor, in file order: first byte in the file, and number of bytes. */
  readonly places: Readonly<Record<string, { readonly offset: number; readonly length: number }>>;
  /** Bytes of the whole file. */
  readonly size: number;
}

function bytesOf(name: string, { dtype, shape }: TensorSpec): number {
  const fail = (expected: string, got: unknown): never => {
    throw new TypeError(`Cannot encode tensor "${name}": expected ${expected}, got ${got}`);
  };
  if (name === "__metadata__") fail("another name, that one is reserved", name);
  if (!isStoredDtype(dtype)) fail("dtype F32, I32 or U8", dtype);
  if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0)) {
    fail("a shape of non-negative integers", `[${shape}]`);
  }
  return shape.reduce((product, side) => product * side, ELEMENT_BYTES[dtype]);
}

/**
 * Lays a safetensors file out whose data come later, so that a file larger than memory can be written piece by piece.
 *
 * Layout: u64 little-endian header length, JSON header padded with spaces to 8 bytes, data without holes. Wider
 * elements come first, then names in code-unit order, so that every tensor is aligned (as the reference
 * implementation does it) and the same content always gives the same bytes.
 *
 * @param tensors Types and shapes by name.
 * @param metadata Strings for `__metadata__`, written in name order; nothing is written when it is empty.
 * @returns The header and the places of the data.
 * @throws {TypeError} When a name is `__metadata__`, or a dtype or shape is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { layoutSafetensors } from "./mod.ts";
 * const { header, places, size } = layoutSafetensors({ w: { dtype: "F32", shape: [2] } });
 * assertEquals([places.w, size], [{ offset: header.length, length: 8 }, header.length + 8]);
 * ```
 *
 * Source: https://huggingface.co/docs/safetensors
 */
export function layoutSafetensors(
  tensors: Readonly<Record<string, TensorSpec>>,
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsLayout {
  const entries = Object.entries(tensors).map(([name, spec]) => ({ name, spec, length: bytesOf(name, spec) }));
  entries.sort((a, b) => ELEMENT_BYTES[b.spec.dtype] - ELEMENT_BYTES[a.spec.dtype] || (a.name < b.name ? -1 : 1));
  const fields: [string, unknown][] = [];
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (texts.length > 0) fields.push(["__metadata__", Object.fromEntries(texts)]);
  let data = 0;
  for (const { name, spec: { dtype, shape }, length } of entries) {
    fields.push([name, { dtype, shape: [...shape], data_offsets: [data, data += length] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  let offset = header.length;
  const places = entries.map(({ name, length }) => {
    const place = { offset, length };
    offset += length;
    return [name, place] as const;
  });
  return { header, places: Object.fromEntries(places), size: offset };
}
