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
  if (entries < 256) {
    const bad = indices.find((index) => index >= entries);
    if (bad !== undefined) throw new SyntaxError(`expected palette indices below ${entries}, got ${bad}`);
  }
  const channels = grey ? 1 : 3;
  const data = new Uint8Array(indices.length * channels);
  for (let i = 0, at = 0; i < indices.length; i++, at += channels) {
    const from = 3 * indices[i]!;
    data[at] = palette[from]!;
    if (grey) continue;
    data[at + 1] = palette[from + 1]!;
    data[at + 2] = palette[from + 2]!;
  }
  return { width, height, channels, data };
}
