import { decode } from "jpeg-js";
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
export function decodeJpeg(bytes: Uint8Array): RawImage {
  const { width, height, components } = readJpegHeader(bytes);
  const scans = countScans(bytes);
  if (scans > MAX_SCANS) throw new SyntaxError(`expected at most ${MAX_SCANS} JPEG scans, got ${scans}`);
  const megapixels = width * height / 1e6;
  const image = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: megapixels,
    // The decoder books about 21 bytes a pixel; hostile sampling factors ask for far more.
    maxMemoryUsageInMB: 16 + 40 * megapixels,
  });
  if (image.width !== width || image.height !== height) {
    throw new SyntaxError(`expected one size, got ${width} x ${height} and ${image.width} x ${image.height}`);
  }
  if (components !== 1) return { width, height, channels: 3, data: image.data };
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = image.data[3 * i]!;
  return { width, height, channels: 1, data };
}
