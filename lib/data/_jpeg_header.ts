/** Header fields of a JPEG. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 YCbCr or RGB, 4 CMYK. */
  readonly components: number;
}

/** Walks the marker segments up to the frame header (SOF). Throws SyntaxError with the reason only. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    if (bytes[offset] !== 0xff) throw new SyntaxError(`expected a JPEG marker at byte ${offset}`);
    const marker = bytes[offset + 1]!;
    if (marker === 0xff) { // fill byte
      offset++;
      continue;
    }
    const length = view.getUint16(offset + 2);
    if (marker === 0xda || marker === 0xd9) break;
    if (length < 2) throw new SyntaxError(`expected a JPEG segment of 2 bytes or more, got ${length}`);
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (marker > 0xc2) throw new SyntaxError(`expected a baseline or progressive JPEG, got process ${marker - 0xc0}`);
      if (offset + 10 > bytes.length) break;
      const precision = bytes[offset + 4]!;
      if (precision !== 8) throw new SyntaxError(`expected a JPEG of 8 bits a sample, got ${precision}`);
      const [height, width] = [view.getUint16(offset + 5), view.getUint16(offset + 7)];
      if (width === 0 || height === 0) throw new SyntaxError(`expected a JPEG with pixels, got ${width} x ${height}`);
      return { width, height, components: bytes[offset + 9]! };
    }
    offset += 2 + length;
  }
  throw new SyntaxError("expected a JPEG frame header, got none");
}
