// 2×2 maxima of maps, where they were, and the two maps that are each other's adjoint. c is a multiple of 4; an odd last
// row or column is dropped. Where a maximum was is a byte a pooled element: 0 to 3, row by row within its window.

/** Four bytes at p as four integers. */
// @ts-ignore: decorator
@inline
function load4(p: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)));
}

/** The maxima of x `[n, h, w, c]`, and where they were unless `index` is 0. */
export function pool(x: usize, pooled: usize, index: usize, n: i32, h: i32, w: i32, c: i32): void {
  const col: usize = <usize>c << 2, row: usize = <usize>w * col;
  const one = i32x4.splat(1), two = i32x4.splat(2), three = i32x4.splat(3);
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < h >> 1; i++) {
      let p = x + <usize>(image * h + 2 * i) * row;
      for (let j = 0; j < w >> 1; j++) {
        for (let k: usize = 0; k < col; k += 16, p += 16) {
          const a = v128.load(p), b = v128.load(p + col), d = v128.load(p + row), e = v128.load(p + row + col);
          const m = f32x4.max(f32x4.max(a, b), f32x4.max(d, e));
          v128.store(pooled, m);
          pooled += 16;
          if (index == 0) continue;
          const later = v128.bitselect(two, three, f32x4.eq(d, m));
          const at = v128.andnot(v128.bitselect(one, later, f32x4.eq(b, m)), f32x4.eq(a, m));
          v128.store32_lane(index, v128.shuffle<u8>(at, at, 0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
          index += 4;
        }
        p += col;
      }
    }
  }
}

/** Sends y `[n, h/2, w/2, c]` to where the maxima were: out `[n, h, w, c]`, zero elsewhere. */
export function unpool(y: usize, index: usize, out: usize, n: i32, h: i32, w: i32, c: i32): void {
  const col: usize = <usize>c << 2, row: usize = <usize>w * col;
  const one = i32x4.splat(1), two = i32x4.splat(2), three = i32x4.splat(3), zero = i32x4.splat(0);
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < h >> 1; i++) {
      let p = out + <usize>(image * h + 2 * i) * row;
      for (let j = 0; j < w >> 1; j++) {
        for (let k: usize = 0; k < col; k += 16, p += 16) {
          const at = load4(index), value = v128.load(y);
          index += 4;
          y += 16;
          v128.store(p, v128.and(value, i32x4.eq(at, zero)));
          v128.store(p + col, v128.and(value, i32x4.eq(at, one)));
          v128.store(p + row, v128.and(value, i32x4.eq(at, two)));
          v128.store(p + row + col, v128.and(value, i32x4.eq(at, three)));
        }
        p += col;
      }
      if (w & 1) {
        memory.fill(p, 0, col);
        memory.fill(p + row, 0, col);
      }
    }
    if (h & 1) memory.fill(out + <usize>(image * h + h - 1) * row, 0, row);
  }
}

/** Takes from g `[n, h, w, c]` what is where the maxima were: out `[n, h/2, w/2, c]`. */
export function repool(g: usize, index: usize, out: usize, n: i32, h: i32, w: i32, c: i32): void {
  const col: usize = <usize>c << 2, row: usize = <usize>w * col;
  const one = i32x4.splat(1), two = i32x4.splat(2), zero = i32x4.splat(0);
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < h >> 1; i++) {
      let p = g + <usize>(image * h + 2 * i) * row;
      for (let j = 0; j < w >> 1; j++) {
        for (let k: usize = 0; k < col; k += 16, p += 16) {
          const at = load4(index);
          index += 4;
          let value = v128.bitselect(v128.load(p + row), v128.load(p + row + col), i32x4.eq(at, two));
          value = v128.bitselect(v128.load(p + col), value, i32x4.eq(at, one));
          v128.store(out, v128.bitselect(v128.load(p), value, i32x4.eq(at, zero)));
          out += 16;
        }
        p += col;
      }
    }
  }
}
