import type { FileClips, PickedClips } from "./clip_bytes.ts";
import type { ClipSet } from "./clip_set.ts";

/** A clip of a set. */
export interface PickedClip {
  readonly from: ClipSet;
  readonly index: number;
}

/** Clips of sets of one recipe without a copy of their bytes; what was picked once is not wrapped twice. */
export function pickClips(picked: readonly PickedClip[]): PickedClips {
  const parts: (Uint8Array | FileClips)[] = [];
  const bases = new Map<ClipSet, number>();
  for (const set of new Set(picked.map(({ from }) => from))) {
    bases.set(set, parts.length);
    parts.push(...("parts" in set.clips ? set.clips.parts : [set.clips]));
  }
  const part = new Int32Array(picked.length);
  const index = new Int32Array(picked.length);
  let length = 0;
  picked.forEach(({ from, index: i }, to) => {
    const base = bases.get(from)!;
    part[to] = base + ("parts" in from.clips ? from.clips.part[i]! : 0);
    index[to] = "parts" in from.clips ? from.clips.index[i]! : i;
    const { frames, size, channels } = from.recipe;
    length += frames * size * size * channels;
  });
  return { parts, part, index, length };
}
