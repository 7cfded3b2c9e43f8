// Passes over `[rows, c]` with something for each channel; c is a multiple of 4 where nothing else is said.

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

/** out = x + b; any c. */
export function bias(x: usize, b: usize, out: usize, rows: i32, c: i32): void {
  const col: usize = <usize>c << 2, fours: usize = <usize>(c & ~3) << 2;
  for (let i = 0; i < rows; i++, x += col, out += col) {
    let k: usize = 0;
    for (; k < fours; k += 16) v128.store(out + k, f32x4.add(v128.load(x + k), v128.load(b + k)));
    for (; k < col; k += 4) store<f32>(out + k, load<f32>(x + k) + load<f32>(b + k));
  }
}

/** Means over the rows of each of so many `[rows, c]`, summed in float64; any c. */
export function mean(x: usize, out: usize, groups: i32, rows: i32, c: i32): void {
  const col: usize = <usize>c << 2, fours: usize = <usize>(c & ~3) << 2, share = f64x2.splat(1 / <f64>rows);
  for (let group = 0; group < groups; group++, x += <usize>rows * col, out += col) {
    let k: usize = 0;
    for (; k < fours; k += 16) {
      let low = f64x2.splat(0), high = f64x2.splat(0), p = x + k;
      for (let i = 0; i < rows; i++, p += col) {
        const a = v128.load(p);
        low = f64x2.add(low, f64x2.promote_low_f32x4(a));
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i32>(a, a, 2, 3, 2, 3)));
      }
      const l = f32x4.demote_f64x2_zero(f64x2.mul(low, share)), h = f32x4.demote_f64x2_zero(f64x2.mul(high, share));
      v128.store(out + k, v128.shuffle<i32>(l, h, 0, 1, 4, 5));
    }
    for (; k < col; k += 4) {
      let sum: f64 = 0, p = x + k;
      for (let i = 0; i < rows; i++, p += col) sum += <f64>load<f32>(p);
      store<f32>(out + k, <f32>(sum / <f64>rows));
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
