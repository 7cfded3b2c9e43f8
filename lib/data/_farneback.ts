import { loadOpenCv } from "./_load_opencv.ts";

/** HTNet's parameters: `calcOpticalFlowFarneback(a, b, None, 0.5, 3, 15, 3, 5, 1.2, 0)`. */
const PARAMETERS = [0.5, 3, 15, 3, 5, 1.2, 0] as const;

/** Takes a picture into a larger one, its edges repeated outwards. */
function padInto(out: Uint8Array, picture: Uint8Array, size: number, margin: number): void {
  const side = size + 2 * margin;
  const within = (at: number) => Math.min(size - 1, Math.max(0, at - margin));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) out[y * side + x] = picture[within(y) * size + within(x)]!;
  }
}

/**
 * Dense optical flow by polynomial expansion from the first picture to each of the others.
 *
 * second(x + u, y + v) = first(x, y); pyramid scale ½, 3 levels, window 15, 3 iterations, neighbourhood 5, σ = 1.2.
 * OpenCV treats the last row and column otherwise than the first; with a margin of 8 repeated pixels that stays outside,
 * flow is less wrong at the edges, and a mirrored pair has the mirrored flow to 0.0002 pixels (0.08 without).
 *
 * @param pictures `[1 + n, size, size]` grey bytes.
 * @param margin Pixels.
 * @returns `[n, size, size, 2]`: u (to the right) and v (downwards) in pixels.
 *
 * Source: Farnebäck, "Two-frame motion estimation based on polynomial expansion", SCIA 2003.
 */
export async function farneback(pictures: Uint8Array, size: number, margin = 8): Promise<Float32Array> {
  const { cv } = await loadOpenCv();
  const area = size * size;
  const side = size + 2 * margin;
  const count = pictures.length / area - 1;
  const out = new Float32Array(count * area * 2);
  const [first, second, flow] = [new cv.Mat(side, side, cv.CV_8UC1), new cv.Mat(side, side, cv.CV_8UC1), new cv.Mat()];
  try {
    padInto(first.data, pictures.subarray(0, area), size, margin);
    for (let i = 0; i < count; i++) {
      const picture = pictures.subarray((i + 1) * area, (i + 2) * area);
      if (picture.every((value, at) => value === pictures[at])) continue; // zero, exactly
      padInto(second.data, picture, size, margin);
      cv.calcOpticalFlowFarneback(first, second, flow, ...PARAMETERS);
      const all = flow.data32F;
      for (let y = 0; y < size; y++) {
        const from = ((y + margin) * side + margin) * 2;
        out.set(all.subarray(from, from + 2 * size), (i * area + y * size) * 2);
      }
    }
  } finally {
    for (const mat of [first, second, flow]) mat.delete();
  }
  return out;
}
