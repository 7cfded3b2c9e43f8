import { readBmpHeader } from "./_bmp_header.ts";
import { applyPalette } from "./_palette.ts";
import type { RawImage } from "./raw_image.ts";

/** Channel masks stand behind the 40 bytes of the oldest info header, or at the same place within a newer one. */
function checkMasks(bytes: Uint8Array): void {
  if (bytes.length < 66) throw new SyntaxError(`expected BMP masks up to byte 66, got ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const masks = [54, 58, 62].map((at) => view.getUint32(at, true));
  if (masks[0] !== 0xff0000 || masks[1] !== 0xff00 || masks[2] !== 0xff) {
    throw new SyntaxError(
      `expected BMP masks ff0000, ff00, ff, got ${masks.map((mask) => mask.toString(16)).join(", ")}`,
    );
  }
}

/** Decodes an uncompressed bitmap of 1, 8, 24 or 32 bits. Throws with the reason only. */
export function decodeBmp(bytes: Uint8Array): RawImage {
  const { width, height, topDown, depth, pixels, palette, colours, masked } = readBmpHeader(bytes);
  if (masked) checkMasks(bytes);
  const used = Math.ceil(width * depth / 8);
  const stride = Math.ceil(used / 4) * 4;
  const needed = pixels + stride * (height - 1) + used;
  if (bytes.length < needed) throw new SyntaxError(`expected a BMP of ${needed} bytes, got ${bytes.length}`);
  const rowOf = (y: number) => pixels + (topDown ? y : height - 1 - y) * stride;
  if (depth > 8) {
    const step = depth / 8;
    const data = new Uint8Array(width * height * 3);
    for (let y = 0, at = 0; y < height; y++) {
      let from = rowOf(y);
      for (let x = 0; x < width; x++, from += step, at += 3) { // stored blue, green, red
        data[at] = bytes[from + 2]!;
        data[at + 1] = bytes[from + 1]!;
        data[at + 2] = bytes[from]!;
      }
    }
    return { width, height, channels: 3, data };
  }
  const indices = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = rowOf(y);
    if (depth === 8) indices.set(bytes.subarray(from, from + width), y * width);
    else for (let x = 0; x < width; x++) indices[y * width + x] = (bytes[from + (x >> 3)]! >> (7 - (x & 7))) & 1;
  }
  if (palette + 4 * colours > pixels) throw new SyntaxError(`expected a palette of ${colours} colours before the rows`);
  const entries = new Uint8Array(3 * colours);
  for (let i = 0; i < colours; i++) {
    for (let c = 0; c < 3; c++) entries[3 * i + c] = bytes[palette + 4 * i + 2 - c]!; // stored blue, green, red
  }
  return applyPalette(indices, entries, width, height);
}
