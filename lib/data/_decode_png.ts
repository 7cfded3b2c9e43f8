import { deflateSync, inflateSync } from "node:zlib";
import { decode } from "fast-png";
import { applyPalette } from "./_palette.ts";
import { type PngHeader, readPngHeader } from "./_png_header.ts";
import type { RawImage } from "./raw_image.ts";

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Adam7 passes: first column and row, steps (PNG, 8.2). */
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [
  0,
  1,
  1,
  2,
]] as const;

/** Bytes of the inflated picture: each row one filter byte and its samples. */
function rawLength(header: PngHeader): number {
  const bits = header.depth * CHANNELS[header.colourType]!;
  const rows = (width: number, height: number) => width > 0 ? height * (1 + Math.ceil(width * bits / 8)) : 0;
  if (!header.interlaced) return rows(header.width, header.height);
  return ADAM7.reduce(
    (sum, [x, y, stepX, stepY]) =>
      sum + rows(Math.ceil((header.width - x) / stepX), Math.max(0, Math.ceil((header.height - y) / stepY))),
    0,
  );
}

/** The palette and the joined image data; every other chunk (profiles, texts, animation) is passed over. */
function readChunks(bytes: Uint8Array): { palette: Uint8Array; compressed: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let palette = new Uint8Array(0);
  let offset = 8;
  for (;;) {
    if (offset + 12 > bytes.length) throw new SyntaxError("expected an IEND chunk, got the end of the file");
    const length = view.getUint32(offset);
    const type = view.getUint32(offset + 4);
    if (offset + 12 + length > bytes.length) {
      throw new SyntaxError(`expected a PNG chunk of ${length} bytes, got the end of the file`);
    }
    const body = bytes.subarray(offset + 8, offset + 8 + length);
    if (type === 0x49454e44) break; // IEND
    if (type === 0x504c5445) palette = body.slice(); // PLTE
    if (type === 0x49444154) parts.push(body); // IDAT
    offset += 12 + length;
  }
  const compressed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    compressed.set(part, at);
    at += part.length;
  }
  return { palette, compressed };
}

/**
 * Rebuilds the PNG from its header and inflated data, stored uncompressed.
 *
 * The decoder inflates without a limit and unpacks colour profiles, so bytes from outside never reach it as they
 * came: a few kilobytes could otherwise ask for gigabytes.
 */
function rebuild(bytes: Uint8Array, raw: Uint8Array): Uint8Array {
  const stored = deflateSync(raw, { level: 0 });
  const out = new Uint8Array(33 + 12 + stored.length + 12);
  const view = new DataView(out.buffer);
  out.set(bytes.subarray(0, 33));
  view.setUint32(33, stored.length);
  view.setUint32(37, 0x49444154); // IDAT; checksums stay zero, zlib has checked the data
  out.set(stored, 41);
  view.setUint32(out.length - 8, 0x49454e44); // IEND
  return out;
}

/** Spreads rows of packed 1, 2, 4 or 8 bit samples to one byte each. */
function unpackSamples(data: ArrayLike<number>, { width, height, depth }: PngHeader): Uint8Array {
  const stride = Math.ceil(width * depth / 8);
  const mask = (1 << depth) - 1;
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      out[y * width + x] = (data[y * stride + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return out;
}

/** Decodes a PNG: 1 to 16 bits, palette, grey and colour; alpha is dropped. Throws SyntaxError with the reason only. */
export function decodePng(bytes: Uint8Array): RawImage {
  const header = readPngHeader(bytes);
  const { width, height, depth, colourType } = header;
  if (header.interlaced && depth < 8) throw new SyntaxError(`expected an interlaced PNG of 8 or 16 bits, got ${depth}`);
  const { palette, compressed } = readChunks(bytes);
  const expected = rawLength(header);
  const raw = inflateSync(compressed, { maxOutputLength: expected });
  if (raw.length !== expected) throw new SyntaxError(`expected ${expected} bytes of PNG rows, got ${raw.length}`);
  const samples = decode(rebuild(bytes, raw)).data;
  if (colourType === 3) return applyPalette(unpackSamples(samples, header), palette, width, height);
  const source = CHANNELS[colourType]!;
  const channels = source < 3 ? 1 : 3;
  const values = depth < 8 ? unpackSamples(samples, header) : samples;
  const scale = 255 / (2 ** depth - 1);
  const data = new Uint8Array(width * height * channels);
  for (let i = 0, at = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) data[at++] = Math.round(values[i * source + c]! * scale);
  }
  return { width, height, channels, data };
}
