import { readBmpHeader } from "./_bmp_header.ts";
import { readJpegHeader } from "./_jpeg_header.ts";
import { readPngHeader } from "./_png_header.ts";

/** A picture's format and size, known before its pixels are decoded. */
export interface ImageSize {
  readonly format: "png" | "jpeg" | "bmp";
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/**
 * Reads a picture's size from its header, without decoding it.
 *
 * The format is told by the first bytes, never by a name. Cost and memory do not depend on the size, so that limits
 * can be checked first.
 *
 * @param bytes The file's bytes.
 * @param name What the picture is called in messages.
 * @returns Format, width and height in pixels.
 * @throws {SyntaxError} When the bytes are no PNG, JPEG or BMP, or their header is broken.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { readImageSize } from "./mod.ts";
 * const png = encode({ width: 3, height: 2, channels: 1, data: new Uint8Array(6) });
 * assertEquals(readImageSize(png), { format: "png", width: 3, height: 2 });
 * ```
 */
export function readImageSize(bytes: Uint8Array, name = "image"): ImageSize {
  const begins = (...signature: number[]) => signature.every((byte, i) => bytes[i] === byte);
  const size = (format: ImageSize["format"], read: (bytes: Uint8Array) => { width: number; height: number }) => {
    try {
      const { width, height } = read(bytes);
      return { format, width, height };
    } catch (error) {
      throw new SyntaxError(`Cannot decode ${name}: ${(error as Error).message}`, { cause: error });
    }
  };
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return size("png", readPngHeader);
  if (begins(0xff, 0xd8, 0xff)) return size("jpeg", readJpegHeader);
  if (begins(0x42, 0x4d)) return size("bmp", readBmpHeader);
  throw new SyntaxError(`Cannot decode ${name}: expected a PNG, JPEG or BMP picture, got other bytes`);
}
