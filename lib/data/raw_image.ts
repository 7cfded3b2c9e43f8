/** A decoded picture: `[height, width, channels]` bytes, row-major, 0 to 255; one channel is grey, three are RGB. */
export interface RawImage {
  /** Pixels, at least 1. */
  readonly width: number;
  /** Pixels, at least 1. */
  readonly height: number;
  /** Alpha is dropped while decoding. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}
