import { encode } from "fast-png";
import type { ClientClip } from "../../lib/client/mod.ts";

const CLASSES = ["negative", "positive", "surprise"];

/** So many labelled clips whose frames are PNG files of a moving pattern. */
export function makeClips(
  count: number,
  { frames, size, phase = 0 }: { readonly frames: number; readonly size: number; readonly phase?: number },
): ClientClip[] {
  const pixel = (i: number, at: number) =>
    128 + Math.round(100 * Math.sin((i % size + at + phase) / 3) * Math.cos(Math.floor(i / size) / (4 + at % 3)));
  return Array.from({ length: count }, (_, clip) => ({
    label: CLASSES[clip % CLASSES.length]!,
    frames: Array.from({ length: frames }, (_, frame) => {
      const data = Uint8Array.from({ length: size * size }, (_, i) => pixel(i, clip + frame));
      return encode({ width: size, height: size, channels: 1, data }).toBase64();
    }),
  }));
}
