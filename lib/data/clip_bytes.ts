/** The clips of a packed data set that stay in its file and are read when they are gathered. */
export interface FileClips {
  readonly path: string;
  /** Byte of the file at which the first clip begins. */
  readonly offset: number;
  /** Bytes of all clips. */
  readonly length: number;
  /** Size of the whole file in bytes, and when it was changed last (ms): a file that was replaced is not read. */
  readonly fileSize: number;
  readonly modified: number | null;
  /** SHA-256 over the hexadecimal SHA-256s of the clips, in order; null: the file does not say. */
  readonly digest: string | null;
}

/** Clips taken from several places. */
export interface PickedClips {
  readonly parts: readonly (Uint8Array | FileClips)[];
  /** `[n]` which part each clip comes from. */
  readonly part: Int32Array;
  /** `[n]` its index there. */
  readonly index: Int32Array;
  /** Bytes of all clips. */
  readonly length: number;
}

/**
 * Where the bytes `[n, M, H, W, C]` of a clip set lie: in memory, in a file, or in several of both. Plain data, so that
 * a set can be posted to a worker; {@linkcode gatherClips} reads them.
 */
export type ClipBytes = Uint8Array | FileClips | PickedClips;
