/** Header fields of a PNG. Colour types: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

/** Sample depths that the standard allows for each colour type (PNG, table 11.1). */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Reads the IHDR chunk, which must come first. Throws SyntaxError with the reason only. */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  if (bytes.length < 33) throw new SyntaxError(`expected a PNG header of 33 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) {
    throw new SyntaxError("expected a PNG that begins with an IHDR chunk of 13 bytes");
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colourType, interlace] = [view.getUint8(24), view.getUint8(25), view.getUint8(28)];
  if (width === 0 || height === 0) throw new SyntaxError(`expected a PNG with pixels, got ${width} x ${height}`);
  if (DEPTHS[colourType]?.includes(depth) !== true) {
    throw new SyntaxError(`expected a PNG colour type and depth, got type ${colourType} with ${depth} bits`);
  }
  if (interlace > 1) throw new SyntaxError(`expected PNG interlace method 0 or 1, got ${interlace}`);
  return { width, height, depth, colourType, interlaced: interlace === 1 };
}
