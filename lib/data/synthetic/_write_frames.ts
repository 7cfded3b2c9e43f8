import { join } from "@std/path";
import { encode } from "fast-png";
import type { SyntheticClip } from "./synthetic_clip.ts";

/** Writes a rendered clip `[M, H, W, C]` as `001.png`, `002.png`, … into a new folder. */
export async function writeFrames(
  dir: string,
  clip: SyntheticClip,
  pixels: Uint8Array,
  size: number,
  channels: 1 | 3,
): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  const bytes = size * size * channels;
  const writes = [];
  for (let frame = clip.onset; frame <= clip.offset; frame++) {
    const data = pixels.subarray((frame - clip.onset) * bytes, (frame - clip.onset + 1) * bytes);
    // Sensor noise does not compress: the fastest level is also as small as the best.
    const png = encode({ width: size, height: size, channels, data }, { zlib: { level: 1 } });
    writes.push(Deno.writeFile(join(dir, `${String(frame).padStart(3, "0")}.png`), png));
  }
  await Promise.all(writes);
}
