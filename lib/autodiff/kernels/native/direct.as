// 3×3 convolutions of few input channels, the direct way: in a padded image the 3·c numbers below a row of the filter
// lie side by side, so each row is a matrix product whose rows overlap.
import { madd, padImages } from "./simd";

/** Bytes of scratch memory for either way. */
export function directScratch(h: i32, w: i32, c: i32, f: i32): usize {
  return <usize>((h + 2) * (w + 2) * c + 9 * c * f) << 2;
}

/** y = conv(x, g): x `[n, h, w, c]`, g `[3, 3, c, f]`, y `[n, h, w, f]`; w a multiple of 4, f of 8. */
export function directConv(x: usize, g: usize, y: usize, n: i32, h: i32, w: i32, c: i32, f: i32, scratch: usize): void {
  const rowX = <usize>((w + 2) * c) << 2, rowG = <usize>(3 * c * f) << 2, col = <usize>c << 2, colY = <usize>f << 2;
  const packed = scratch + (<usize>((h + 2) * (w + 2) * c) << 2);
  let q = packed;
  for (let o = 0; o < f; o += 8) { // [F/8, 9·C, 8]
    for (let k = 0; k < 9 * c; k++, q += 32) {
      const p = g + (<usize>(k * f + o) << 2);
      v128.store(q, v128.load(p)), v128.store(q, v128.load(p, 16), 16);
    }
  }
  for (let image = 0; image < n; image++) {
    padImages(x, scratch, 1, h, w, c);
    x += <usize>(h * w * c) << 2;
    for (let i = 0; i < h; i++) {
      for (let o = 0; o < f; o += 8) {
        const b0 = packed + (<usize>(o * 9 * c) << 2);
        let from = scratch + <usize>i * rowX;
        let to = y + (<usize>o << 2);
        for (let j = 0; j < w; j += 4) {
          let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
          let b = b0;
          for (let a = 0; a < 3; a++) {
            let p = from + <usize>a * rowX;
            const end = p + 3 * col;
            for (; p < end; p += 4, b += 32) {
              const u = v128.load(b), v = v128.load(b, 16);
              let s = v128.load32_splat(p);
              c00 = madd(s, u, c00), c01 = madd(s, v, c01);
              s = v128.load32_splat(p + col);
              c10 = madd(s, u, c10), c11 = madd(s, v, c11);
              s = v128.load32_splat(p + 2 * col);
              c20 = madd(s, u, c20), c21 = madd(s, v, c21);
              s = v128.load32_splat(p + 3 * col);
              c30 = madd(s, u, c30), c31 = madd(s, v, c31);
            }
          }
          v128.store(to, c00), v128.store(to, c01, 16);
          v128.store(to += colY, c10), v128.store(to, c11, 16);
          v128.store(to += colY, c20), v128.store(to, c21, 16);
          v128.store(to += colY, c30), v128.store(to, c31, 16);
          to += colY;
          from += 4 * col;
        }
      }
      y += <usize>w * colY;
    }
  }
}

/** ḡ `[3, 3, c, f]` of conv(x, g) with cotangent ȳ; sizes as in {@link directConv}. */
export function directFilter(x: usize, y: usize, g: usize, n: i32, h: i32, w: i32, c: i32, f: i32, scratch: usize): void {
  const rowX = <usize>((w + 2) * c) << 2, col = <usize>c << 2, colY = <usize>f << 2;
  memory.fill(g, 0, <usize>(9 * c * f) << 2);
  for (let image = 0; image < n; image++) {
    padImages(x, scratch, 1, h, w, c);
    x += <usize>(h * w * c) << 2;
    for (let i = 0; i < h; i++) {
      for (let a = 0; a < 3; a++) {
        for (let k = 0; k < 3 * c; k += 3) { // three rows of the result, of the 3·c below a row of the filter
          for (let o = 0; o < f; o += 8) {
            let p = scratch + <usize>(i + a) * rowX + (<usize>k << 2);
            let s = y + (<usize>o << 2);
            let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
            let d00 = c00, d01 = c00, d10 = c00, d11 = c00, d20 = c00, d21 = c00;
            for (let j = 0; j < w; j += 2) {
              let u = v128.load(s), v = v128.load(s, 16);
              let t = v128.load32_splat(p);
              c00 = madd(t, u, c00), c01 = madd(t, v, c01);
              t = v128.load32_splat(p, 4);
              c10 = madd(t, u, c10), c11 = madd(t, v, c11);
              t = v128.load32_splat(p, 8);
              c20 = madd(t, u, c20), c21 = madd(t, v, c21);
              p += col;
              s += colY;
              u = v128.load(s), v = v128.load(s, 16);
              t = v128.load32_splat(p);
              d00 = madd(t, u, d00), d01 = madd(t, v, d01);
              t = v128.load32_splat(p, 4);
              d10 = madd(t, u, d10), d11 = madd(t, v, d11);
              t = v128.load32_splat(p, 8);
              d20 = madd(t, u, d20), d21 = madd(t, v, d21);
              p += col;
              s += colY;
            }
            let q = g + (<usize>((3 * a * c + k) * f + o) << 2);
            v128.store(q, f32x4.add(v128.load(q), f32x4.add(c00, d00)));
            v128.store(q, f32x4.add(v128.load(q, 16), f32x4.add(c01, d01)), 16);
            q += colY;
            v128.store(q, f32x4.add(v128.load(q), f32x4.add(c10, d10)));
            v128.store(q, f32x4.add(v128.load(q, 16), f32x4.add(c11, d11)), 16);
            q += colY;
            v128.store(q, f32x4.add(v128.load(q), f32x4.add(c20, d20)));
            v128.store(q, f32x4.add(v128.load(q, 16), f32x4.add(c21, d21)), 16);
          }
        }
      }
      y += <usize>w * colY;
    }
  }
}
