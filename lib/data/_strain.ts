/** Slope along one axis in the middle of its neighbours; one-sided at the ends, 0 for a single pixel. */
function slope(values: Float32Array, at: number, index: number, length: number, stride: number): number {
  const low = index === 0 ? at : at - stride;
  const high = index === length - 1 ? at : at + stride;
  return low === high ? 0 : (values[high]! - values[low]!) * stride / (high - low);
}

/**
 * Optical strain, the magnitude of the symmetric gradient of a flow: ε = √(u_x² + v_y² + ½ (u_y + v_x)²), `[H, W]`.
 *
 * Central differences, one-sided at the edges. A displacement a pixel: the same at any resolution.
 *
 * @param flow `[H, W, 2]`: u and v in pixels, H = W = size.
 */
export function strain(flow: Float32Array, size: number): Float32Array {
  const row = 2 * size;
  return Float32Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size), i % size];
    const ux = slope(flow, 2 * i, x, size, 2);
    const vy = slope(flow, 2 * i + 1, y, size, row);
    const shear = slope(flow, 2 * i, y, size, row) + slope(flow, 2 * i + 1, x, size, 2);
    return Math.sqrt(ux * ux + vy * vy + shear * shear / 2);
  });
}
