import { encode } from "fast-png";
import { renderClip, SYNTHETIC_CLASSES, type SyntheticClip } from "../lib/data/synthetic/mod.ts";

/** Side of a picture on the sheet, gap between pictures, both in pixels. */
const SIZE = 56;
const GAP = 2;
/** Amplification of the difference apex − onset. */
const GAIN = 4;

/**
 * Draws a contact sheet: subjects side by side; rows are their emotions, a micro above a macro clip each; in a row five
 * frames from onset to offset (the third is the apex), then the difference of apex and onset, amplified around grey.
 *
 * @param all A data set's clips, of which the first four subjects are shown.
 * @returns A PNG file.
 */
export function syntheticSheet(all: readonly SyntheticClip[]): Uint8Array {
  const subjects = [...new Set(all.map((clip) => clip.subject))].slice(0, 4);
  const clips = subjects.flatMap((subject) =>
    SYNTHETIC_CLASSES.flatMap((label) =>
      ["micro", "macro"].flatMap((kind) =>
        all.filter((clip) => clip.subject === subject && clip.label === label && clip.kind === kind).slice(0, 1)
      )
    )
  );
  const columns = 2;
  const rowsPerBlock = 6;
  const cells = 6;
  const pitch = SIZE + GAP;
  const blockWidth = cells * pitch + 3 * GAP;
  const rows = Math.ceil(clips.length / columns);
  const width = columns * blockWidth;
  const height = rows * pitch + Math.floor((rows - 1) / rowsPerBlock) * 3 * GAP + GAP;
  const sheet = new Uint8Array(width * height).fill(255);
  clips.forEach((clip, index) => {
    const row = index % rows;
    const left = Math.floor(index / rows) * blockWidth + GAP;
    const top = row * pitch + Math.floor(row / rowsPerBlock) * 3 * GAP + GAP;
    const pixels = renderClip(still(clip), { size: SIZE, channels: 1 });
    const frame = SIZE * SIZE;
    const last = clip.offset - clip.onset;
    const apex = clip.apex - clip.onset;
    const shown = [0, Math.floor(apex / 2), apex, Math.ceil((apex + last) / 2), last];
    for (let cell = 0; cell < cells; cell++) {
      for (let y = 0; y < SIZE; y++) {
        for (let x = 0; x < SIZE; x++) {
          const at = y * SIZE + x;
          const value = cell < 5
            ? pixels[shown[cell]! * frame + at]!
            : 128 + GAIN * (pixels[apex * frame + at]! - pixels[at]!);
          sheet[((top + y) * width + left + cell * pitch) + x] = Math.max(0, Math.min(255, value));
        }
      }
    }
  });
  return encode({ width, height, data: sheet, channels: 1 });
}

/** The clip without sensor noise, which no picture file compresses. */
function still(clip: SyntheticClip): SyntheticClip {
  return { ...clip, nuisance: { ...clip.nuisance, noise: { ...clip.nuisance.noise, deviation: 0 } } };
}
