import { inflateSync } from "node:zlib";
import { applyPalette } from "./_palette.ts";
import { type PngHeader, readPngHeader } from "./_png_header.ts";
import { unfilterPng } from "./_unfilter_png.ts";
import type { RawImage } from "./raw_image.ts";

/** Samples a pixel, by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** One pass over the picture: where its pixels lie, and its size. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of a row without its filter byte. */
  readonly stride: number;
}

/** Adam7: first column and row, and steps, of each pass (PNG, 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes that have pixels, in file order. */
function passesOf(header: PngHeader): Pass[] {
  const bits = header.depth * SAMPLES[header.colourType]!;
  return (header.interlaced ? ADAM7 : [[0, 0, 1, 1]] as const)
    .map(([x, y, stepX, stepY]) => {
      const width = Math.max(0, Math.ceil((header.width - x) / stepX));
      const height = Math.max(0, Math.ceil((header.height - y) / stepY));
      return { x, y, stepX, stepY, width, height, stride: Math.ceil(width * bits / 8) };
    })
    .filter(({ width, height }) => width > 0 && height > 0);
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
  if (parts.length === 1) return { palette, compressed: parts[0]! };
  const compressed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    compressed.set(part, at);
    at += part.length;
  }
  return { palette, compressed };
}

/** One byte a sample: 1, 2 and 4 bits are spread, the values unscaled; of 16 bits the nearest of 256 levels. */
function toBytes(rows: Uint8Array<ArrayBuffer>, { width, height, stride }: Pass, depth: number, samples: number) {
  if (depth === 8) return rows;
  const perRow = width * samples;
  const out = new Uint8Array(height * perRow);
  const mask = (1 << depth) - 1;
  for (let y = 0, at = 0; y < height; y++) {
    const row = y * stride;
    for (let i = 0; i < perRow; i++) {
      if (depth === 16) out[at++] = Math.round((rows[row + 2 * i]! << 8 | rows[row + 2 * i + 1]!) * (255 / 65535));
      else {
        const bit = i * depth;
        out[at++] = (rows[row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
      }
    }
  }
  return out;
}

/** Puts a pass's pixels where they belong, without alpha. */
function scatter(from: Uint8Array, pass: Pass, samples: number, to: Uint8Array, width: number, channels: number): void {
  for (let y = 0, i = 0; y < pass.height; y++) {
    let at = ((pass.y + y * pass.stepY) * width + pass.x) * channels;
    for (let x = 0; x < pass.width; x++, i += samples, at += pass.stepX * channels) {
      to[at] = from[i]!;
      if (channels === 3) {
        to[at + 1] = from[i + 1]!;
        to[at + 2] = from[i + 2]!;
      }
    }
  }
}

/**
 * Decodes a PNG: 1 to 16 bits, palette, grey and colour, interlaced or not; alpha is dropped. Nothing is inflated beyond
 * what the header announces. Throws SyntaxError with the reason only.
 */
export function decodePng(bytes: Uint8Array): RawImage {
  const header = readPngHeader(bytes);
  const { width, height, depth, colourType } = header;
  const { palette, compressed } = readChunks(bytes);
  const samples = SAMPLES[colourType]!;
  const channels = samples < 3 ? 1 : 3;
  const passes = passesOf(header);
  const expected = passes.reduce((sum, pass) => sum + pass.height * (1 + pass.stride), 0);
  // One chunk for all: the default of 16 KB costs a copy each.
  const raw = inflateSync(compressed, { maxOutputLength: expected, chunkSize: Math.max(64, expected) });
  if (raw.length !== expected) throw new SyntaxError(`expected ${expected} bytes of PNG rows, got ${raw.length}`);
  let data = new Uint8Array(0);
  let offset = 0;
  for (const pass of passes) {
    const end = offset + pass.height * (1 + pass.stride);
    const step = Math.max(1, samples * depth >> 3);
    const rows = unfilterPng(raw.subarray(offset, end), pass.height, pass.stride, step);
    const values = toBytes(rows, pass, depth, samples);
    if (passes.length === 1 && !header.interlaced && samples === channels) data = values;
    else {
      if (offset === 0) data = new Uint8Array(width * height * channels);
      scatter(values, pass, samples, data, width, channels);
    }
    offset = end;
  }
  if (colourType === 3) return applyPalette(data, palette, width, height);
  const scale = 255 / (2 ** depth - 1);
  if (depth < 8) { for (let i = 0; i < data.length; i++) data[i]! *= scale; }
  return { width, height, channels, data };
}
