import type { RawImage } from "./raw_image.ts";

/**
 * Looks palette indices up: `[height, width]` indices and `[n, 3]` RGB entries to a picture.
 *
 * The picture is grey when every entry is (SMIC's and SAMM's palettes are), so grey stays one channel.
 * Throws SyntaxError with the reason only, when an index has no entry.
 */
export function applyPalette(indices: Uint8Array, palette: Uint8Array, width: number, height: number): RawImage {
  const entries = Math.floor(palette.length / 3);
  let grey = true;
  for (let i = 0; i < entries && grey; i++) {
    grey = palette[3 * i] === palette[3 * i + 1] && palette[3 * i] === palette[3 * i + 2];
  }
  const channels = grey ? 1 : 3;
  const data = new Uint8Array(indices.length * channels);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= entries) throw new SyntaxError(`expected palette indices below ${entries}, got ${index}`);
    for (let c = 0; c < channels; c++) data[i * channels + c] = palette[3 * index + c]!;
  }
  return { width, height, channels, data };
}
