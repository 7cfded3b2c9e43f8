import { jpegToRgba } from "./_jpeg_codec.ts";
import { readJpegHeader } from "./_jpeg_header.ts";
import type { RawImage } from "./raw_image.ts";

/** Progressive pictures have about ten scans. Each scan visits every block, so thousands would cost minutes. */
const MAX_SCANS = 256;

/** Counts start-of-scan markers; coded data cannot contain the pair by accident, its FF bytes are stuffed. */
function countScans(bytes: Uint8Array): number {
  let count = 0;
  for (let i = bytes.indexOf(0xff); i >= 0; i = bytes.indexOf(0xff, i + 1)) if (bytes[i + 1] === 0xda) count++;
  return count;
}

/** Decodes a baseline or progressive JPEG; grey stays one channel. Throws with the reason only. */
export async function decodeJpeg(bytes: Uint8Array): Promise<RawImage> {
  const { width, height, components } = readJpegHeader(bytes);
  if (components !== 1 && components !== 3) {
    throw new SyntaxError(`expected a grey or colour JPEG, got ${components} components`);
  }
  const scans = countScans(bytes);
  if (scans > MAX_SCANS) throw new SyntaxError(`expected at most ${MAX_SCANS} JPEG scans, got ${scans}`);
  const image = await jpegToRgba(bytes);
  if (image.width !== width || image.height !== height) {
    throw new SyntaxError(`expected one size, got ${width} x ${height} and ${image.width} x ${image.height}`);
  }
  const rgba = image.data;
  const channels = components === 1 ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let from = 0, at = 0; at < data.length; from += 4, at += channels) {
    data[at] = rgba[from]!;
    if (channels === 1) continue;
    data[at + 1] = rgba[from + 1]!;
    data[at + 2] = rgba[from + 2]!;
  }
  return { width, height, channels, data };
}
