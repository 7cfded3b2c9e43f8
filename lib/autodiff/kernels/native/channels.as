// Passes over `[rows, c]` with something for each channel; c is a multiple of 4.

/** out = x · a + b, or x · a where b is 0. */
export function affine(x: usize, a: usize, b: usize, out: usize, rows: i32, c: i32): void {
  const col: usize = <usize>c << 2;
  for (let i = 0; i < rows; i++) {
    for (let k: usize = 0; k < col; k += 16, x += 16, out += 16) {
      const scaled = f32x4.mul(v128.load(x), v128.load(a + k));
      v128.store(out, b == 0 ? scaled : f32x4.add(scaled, v128.load(b + k)));
    }
  }
}

/** Rows summed up for one group of channels before the next group: they stay in the first-level cache. */
const ROWS: i32 = 64;

/** Σ x·y and Σ x, in float64: `[2, c]`. */
export function dots(x: usize, y: usize, out: usize, rows: i32, c: i32): void {
  const col: usize = <usize>c << 2;
  memory.fill(out, 0, 4 * col);
  for (let first = 0; first < rows; first += ROWS) {
    const count = min(ROWS, rows - first);
    for (let k: usize = 0; k < col; k += 16) {
      const o = out + 2 * k;
      let p = x + <usize>first * col + k, q = y + <usize>first * col + k;
      let d0 = v128.load(o), d1 = v128.load(o, 16), s0 = v128.load(o + 2 * col), s1 = v128.load(o + 2 * col, 16);
      for (let i = 0; i < count; i++, p += col, q += col) {
        const a = v128.load(p), b = v128.load(q);
        const a0 = f64x2.promote_low_f32x4(a), a1 = f64x2.promote_low_f32x4(v128.shuffle<i32>(a, a, 2, 3, 2, 3));
        const b0 = f64x2.promote_low_f32x4(b), b1 = f64x2.promote_low_f32x4(v128.shuffle<i32>(b, b, 2, 3, 2, 3));
        s0 = f64x2.add(s0, a0), s1 = f64x2.add(s1, a1);
        d0 = f64x2.add(d0, f64x2.mul(a0, b0)), d1 = f64x2.add(d1, f64x2.mul(a1, b1));
      }
      v128.store(o, d0), v128.store(o, d1, 16);
      v128.store(o + 2 * col, s0), v128.store(o + 2 * col, s1, 16);
    }
  }
}
