import { deflateSync } from "node:zlib";

/** Hand-made picture files: what encoders cannot or will not write. */

/** One PNG chunk; its checksum is zero, which decoders here do not read. */
export function pngChunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  new DataView(out.buffer).setUint32(0, body.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(body, 8);
  return out;
}

/** Joins byte arrays. */
export function join(...parts: ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

/** A PNG of given header fields around rows that already carry their filter bytes. */
export function png(
  { width, height, depth = 8, colourType = 0, interlace = 0 }: {
    width: number;
    height: number;
    depth?: number;
    colourType?: number;
    interlace?: number;
  },
  rows: ArrayLike<number>,
  ...extra: Uint8Array[]
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, colourType, 0, 0, interlace], 8);
  return join(
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    pngChunk("IHDR", header),
    ...extra,
    pngChunk("IDAT", deflateSync(Uint8Array.from(rows))),
    pngChunk("IEND", new Uint8Array(0)),
  );
}

/** A Windows bitmap: palette entries `[r, g, b]`, rows as stored (padded). A negative height is top-down. */
export function bmp(
  { width, height, depth, palette = [], compression = 0 }: {
    width: number;
    height: number;
    depth: number;
    palette?: number[][];
    compression?: number;
  },
  rows: ArrayLike<number>,
): Uint8Array {
  const header = new Uint8Array(54);
  const view = new DataView(header.buffer);
  header.set([0x42, 0x4d]);
  view.setUint32(10, 54 + 4 * palette.length, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, depth, true);
  view.setUint32(30, compression, true);
  view.setUint32(46, palette.length, true);
  return join(header, palette.flatMap(([r, g, b]) => [b!, g!, r!, 0]), rows);
}

/** A JPEG of one grey 8×8 block whose only coefficient is zero: every pixel is 128. `scans` repeats its scan. */
export function greyJpeg({ scans = 1, width = 8, height = 8, precision = 8, frame = 0xc0, sampling = 0x11 } = {}) {
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f];
  return join(
    [0xff, 0xd8],
    [0xff, 0xdb, 0, 67, 0, ...new Array(64).fill(1)],
    [0xff, frame, 0, 11, precision, height >> 8, height & 255, width >> 8, width & 255, 1, 1, sampling, 0],
    [0xff, 0xc4, 0, 20, 0x00, 1, ...new Array(15).fill(0), 0],
    [0xff, 0xc4, 0, 20, 0x10, 1, ...new Array(15).fill(0), 0],
    ...new Array(scans).fill(scan),
    [0xff, 0xd9],
  );
}
