import type { FlowRecipe } from "./flow_recipe.ts";

/** Bytes of zero flow, and of the largest, in fixed scaling. */
export const FLOW_ZERO = 128;
export const FLOW_STEPS = 127;

/**
 * Takes the flow of one clip, `[M, H, W, 3]` of u, v (pixels) and strain, to bytes.
 *
 * `fixed`: u and v as 128 + 127 u / range within 1..255, so that −u is 256 − byte; strain as 255 ε / strainRange.
 * `minmax`: 255 (x − min) / (max − min) over each channel of the clip; 0 where a channel is constant (0/0).
 * Rounded to nearest, halves to even, clamped.
 */
export function scaleFlow(values: Float32Array, { scaling, range, strainRange }: FlowRecipe): Uint8Array {
  const out = new Uint8ClampedArray(values.length);
  for (let c = 0; c < 3; c++) {
    let [gain, shift] = c === 2 ? [255 / strainRange, 0] : [FLOW_STEPS / range, FLOW_ZERO];
    if (scaling === "minmax") {
      let [low, high] = [Infinity, -Infinity];
      for (let i = c; i < values.length; i += 3) [low, high] = [Math.min(low, values[i]!), Math.max(high, values[i]!)];
      gain = high > low ? 255 / (high - low) : 0;
      shift = -low * gain;
    }
    const lowest = scaling === "fixed" && c < 2 ? 1 : 0;
    for (let i = c; i < values.length; i += 3) out[i] = Math.max(lowest, gain * values[i]! + shift);
  }
  return new Uint8Array(out.buffer);
}
