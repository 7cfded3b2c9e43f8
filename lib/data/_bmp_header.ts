/** Header fields of a Windows bitmap. */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Rows run from the top; the usual order is from the bottom. */
  readonly topDown: boolean;
  /** Bits a pixel. */
  readonly depth: number;
  /** Byte offset of the first row. */
  readonly pixels: number;
  /** Byte offset and number of the palette's entries (blue, green, red, unused). */
  readonly palette: number;
  readonly colours: number;
  /** Channels lie where masks say. */
  readonly masked: boolean;
}

/** Reads the file and info headers. Throws SyntaxError with the reason only. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  if (bytes.length < 54) throw new SyntaxError(`expected a BMP header of 54 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const info = view.getUint32(14, true);
  if (info < 40) throw new SyntaxError(`expected a BMP info header of 40 bytes or more, got ${info}`);
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)];
  if (width <= 0 || height === 0) throw new SyntaxError(`expected a BMP with pixels, got ${width} x ${height}`);
  const [depth, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  if (![1, 8, 24, 32].includes(depth)) throw new SyntaxError(`expected a BMP of 1, 8, 24 or 32 bits, got ${depth}`);
  if (compression !== 0 && !(compression === 3 && depth === 32)) {
    throw new SyntaxError(`expected an uncompressed BMP, got compression ${compression}`);
  }
  const used = view.getUint32(46, true);
  const colours = depth > 8 ? 0 : used === 0 ? 2 ** depth : Math.min(used, 2 ** depth);
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    depth,
    pixels: view.getUint32(10, true),
    palette: 14 + info,
    colours,
    masked: compression === 3,
  };
}
