import { EXTENT, type PaintedFace, paintFace } from "./_paint_face.ts";
import type { SyntheticFace } from "./synthetic_face.ts";

const known = new WeakMap<SyntheticFace, Map<string, PaintedFace>>();

/**
 * A face painted for pictures with `density` samples a unit length: no finer than the samples, so that nothing
 * flickers as it moves between them. Pure; remembered as long as the face is.
 */
export function paintedFace(face: SyntheticFace, channels: 1 | 3, density: number): PaintedFace {
  const versions = known.get(face) ?? new Map<string, PaintedFace>();
  known.set(face, versions);
  const remember = (key: string, make: () => PaintedFace) => {
    const version = versions.get(key) ?? make();
    versions.set(key, version);
    return version;
  };
  let painted = remember("full", () => paintFace(face));
  if (channels === 1) {
    const colour = painted;
    painted = remember("grey", () => grey(colour));
  }
  for (let level = 1; painted.texels % 2 === 0 && painted.texels / (2 * EXTENT) >= 1.5 * density; level++) {
    const finer = painted;
    painted = remember(`${channels}/${level}`, () => halve(finer));
  }
  return painted;
}

/** Rec. 601 luma. */
function grey(face: PaintedFace): PaintedFace {
  const luma = (rgb: Float32Array) => {
    const out = new Float32Array(rgb.length / 3);
    for (let i = 0; i < out.length; i++) {
      out[i] = 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!;
    }
    return out;
  };
  return { ...face, channels: 1, open: luma(face.open), closed: luma(face.closed) };
}

/** Averages 2 × 2 texels; a texel's cover is that of its last quarter, the lowest, so that lids cover it whole. */
function halve({ texels, channels, open, closed, cover }: PaintedFace): PaintedFace {
  const half = texels / 2;
  const shrink = (from: Float32Array) => {
    const out = new Float32Array(half * half * channels);
    for (let row = 0; row < half; row++) {
      for (let column = 0; column < half; column++) {
        for (let c = 0; c < channels; c++) {
          const at = (2 * row * texels + 2 * column) * channels + c;
          const below = at + texels * channels;
          out[(row * half + column) * channels + c] =
            (from[at]! + from[at + channels]! + from[below]! + from[below + channels]!) / 4;
        }
      }
    }
    return out;
  };
  const lids = Float32Array.from(
    { length: half * half },
    (_, i) => cover[(2 * Math.floor(i / half) + 1) * texels + 2 * (i % half) + 1]!,
  );
  return { texels: half, channels, open: shrink(open), closed: shrink(closed), cover: lids };
}
