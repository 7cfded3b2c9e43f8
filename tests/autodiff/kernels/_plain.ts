/** `[n, h, w, c]` and `[3, 3, c, f]`. */
export interface Sizes {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly f: number;
}

/** Calls `visit(x, w, y)` with the indices of every product of a 3×3 convolution of the same size. */
function forEachProduct({ n, h, w, c, f }: Sizes, visit: (x: number, w: number, y: number) => void): void {
  for (let image = 0; image < n; image++) {
    for (let at = 0; at < h * w * 9; at++) {
      const [tap, pixel] = [at % 9, Math.floor(at / 9)];
      const [i, j] = [Math.floor(pixel / w), pixel % w];
      const [y, x] = [i + Math.floor(tap / 3) - 1, j + tap % 3 - 1];
      if (y < 0 || x < 0 || y >= h || x >= w) continue;
      for (let k = 0; k < c; k++) {
        for (let o = 0; o < f; o++) {
          visit(((image * h + y) * w + x) * c + k, (tap * c + k) * f + o, (image * h * w + pixel) * f + o);
        }
      }
    }
  }
}

/** The convolution in float64, as it is defined. */
export function plainConv(sizes: Sizes, x: Float32Array, w: Float32Array): Float64Array {
  const out = new Float64Array(sizes.n * sizes.h * sizes.w * sizes.f);
  forEachProduct(sizes, (from, by, to) => void (out[to]! += x[from]! * w[by]!));
  return out;
}

/** The gradient with respect to its filter in float64, as it is defined. */
export function plainFilter(sizes: Sizes, x: Float32Array, dy: Float32Array): Float64Array {
  const out = new Float64Array(9 * sizes.c * sizes.f);
  forEachProduct(sizes, (from, to, by) => void (out[to]! += x[from]! * dy[by]!));
  return out;
}
