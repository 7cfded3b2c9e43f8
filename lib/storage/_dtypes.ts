import type { StoredDtype } from "./types.ts";

/** Bytes of one element, by dtype. */
export const ELEMENT_BYTES: Readonly<Record<StoredDtype, number>> = { F32: 4, I32: 4, U8: 1 };

/** The typed array class of a dtype. */
export const ARRAYS = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

/** Tells whether a name is a dtype that this project reads and writes. */
export function isStoredDtype(name: unknown): name is StoredDtype {
  return typeof name === "string" && Object.hasOwn(ELEMENT_BYTES, name);
}
