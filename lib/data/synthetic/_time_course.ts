import type { SyntheticClip } from "./synthetic_clip.ts";

/** What is left of an expression at its offset. */
const RESIDUE = 0.1;

/**
 * Intensity of a clip's expression in a frame counted from the onset: 0 at the onset, 1 at the apex, eased both ways by
 * a raised cosine, a tenth left at the offset.
 */
export function intensityAt(clip: Pick<SyntheticClip, "onset" | "apex" | "offset">, frame: number): number {
  const apex = clip.apex - clip.onset;
  if (frame <= apex) return ease(frame / apex);
  return 1 - (1 - RESIDUE) * ease((frame - apex) / (clip.offset - clip.apex));
}

/** How far the lids are closed by a blink in a frame counted from the onset, 0 to 1. */
export function blinkAt(clip: SyntheticClip, frame: number): number {
  const { blink } = clip.nuisance;
  // Every clip begins with open eyes: a closing lid in the first frame would look like a movement of all others.
  if (blink === null || frame === 0) return 0;
  const distance = Math.abs(frame - blink.middle) / blink.half;
  return distance >= 1 ? 0 : blink.depth * ease(1 - distance);
}

function ease(t: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * t);
}
