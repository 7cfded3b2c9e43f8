import type { FileClips } from "./clip_bytes.ts";

/** A tensor of a packed data set: the shape that the safetensors codec reads and writes. */
export interface PackedTensor {
  readonly dtype: "F32" | "I32" | "U8";
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** The clips of a packed data set that are left in its file. */
export interface LeftTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: FileClips;
}

/** A packed data set, between a {@linkcode ClipSet} and the bytes of a safetensors file. */
export interface PackedClipSet {
  /**
   * `clips` U8 `[n, M, H, W, C]`, `labels` I32 `[n]`, `subjects` I32 `[n]`, `kinds` U8 `[n]` (0 micro, 1 macro).
   */
  readonly tensors: Readonly<Record<string, PackedTensor>>;
  /**
   * `format` and `formatVersion`; as JSON: `recipe`, and the names that the tensors index: `classes`, `subjects`,
   * `kinds`, and `ids` (one a clip).
   */
  readonly metadata: Readonly<Record<string, string>>;
}
