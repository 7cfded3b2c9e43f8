import { decodeBmp } from "./_decode_bmp.ts";
import { decodeJpeg } from "./_decode_jpeg.ts";
import { decodePng } from "./_decode_png.ts";
import type { RawImage } from "./raw_image.ts";
import { readImageSize } from "./read_image_size.ts";

/** Options of {@linkcode decodeImage}. */
export interface DecodeImageOptions {
  /** Largest picture to decode, in pixels, checked on the header. @default {40e6} */
  readonly maxPixels?: number;
}

const DECODERS = { png: decodePng, jpeg: decodeJpeg, bmp: decodeBmp };

/**
 * Decodes a picture to bytes.
 *
 * PNG (1 to 16 bits, grey, palette, colour, with alpha), JPEG (baseline and progressive), BMP (1, 8, 24 and 32 bits,
 * uncompressed), told apart by their first bytes. Alpha is dropped, 16 bits are scaled to 8, a palette of greys gives
 * one channel. JPEG goes through libjpeg in WebAssembly, which is loaded with the first one. The memory used is bounded by the header's size, whatever the bytes are.
 *
 * @param bytes The file's bytes.
 * @param name What the picture is called in messages.
 * @param options Limits.
 * @returns `[height, width, channels]` bytes, row-major.
 * @throws {SyntaxError} When the bytes are truncated, broken or of another format.
 * @throws {RangeError} When the picture has more pixels than allowed.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { decodeImage } from "./mod.ts";
 * const png = encode({ width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 9) });
 * assertEquals(await decodeImage(png, "eye.png"), { width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 9) });
 * ```
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  options: DecodeImageOptions = {},
): Promise<RawImage> {
  const { format, width, height } = readImageSize(bytes, name);
  const { maxPixels = 40e6 } = options;
  if (width * height > maxPixels) {
    throw new RangeError(`Cannot decode ${name}: expected at most ${maxPixels} pixels, got ${width} x ${height}`);
  }
  try {
    return await DECODERS[format](bytes);
  } catch (error) {
    // Decoders fail on hostile bytes with errors of every kind; to the caller they are all unparsable bytes.
    throw new SyntaxError(`Cannot decode ${name}: ${(error as Error).message}`, { cause: error });
  }
}
