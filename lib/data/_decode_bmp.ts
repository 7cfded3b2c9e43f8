import { decode } from "fast-bmp";
import { readBmpHeader } from "./_bmp_header.ts";
import { applyPalette } from "./_palette.ts";
import type { RawImage } from "./raw_image.ts";

/** Decodes an uncompressed bitmap of 1, 8, 24 or 32 bits. Throws with the reason only. */
export function decodeBmp(bytes: Uint8Array): RawImage {
  const { width, height, topDown, depth, pixels, palette, colours } = readBmpHeader(bytes);
  const used = Math.ceil(width * depth / 8);
  const needed = pixels + Math.ceil(used / 4) * 4 * (height - 1) + used;
  if (bytes.length < needed) throw new SyntaxError(`expected a BMP of ${needed} bytes, got ${bytes.length}`);
  // A copy, because the decoder reads masks and the last row's padding beyond what small pictures have, and because
  // it knows no negative heights.
  const copy = new Uint8Array(Math.max(bytes.length, needed) + 68);
  copy.set(bytes);
  new DataView(copy.buffer).setInt32(22, height, true);
  const samples = decode(copy).data as Uint8Array;
  const source = Math.ceil(depth / 8);
  const channels = source < 3 ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    const row = (topDown ? height - 1 - y : y) * width;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) data[at++] = samples[(row + x) * source + c]!;
    }
  }
  if (depth > 8) return { width, height, channels, data };
  if (palette + 4 * colours > pixels) throw new SyntaxError(`expected a palette of ${colours} colours before the rows`);
  const entries = new Uint8Array(3 * colours);
  for (let i = 0; i < colours; i++) {
    for (let c = 0; c < 3; c++) entries[3 * i + c] = bytes[palette + 4 * i + 2 - c]!; // stored blue, green, red
  }
  return applyPalette(data, entries, width, height);
}
