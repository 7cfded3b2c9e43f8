// 3×3 convolutions, stride 1, zeros around, by Winograd's F(2×2, 3×3): 16 products where the direct way has 36. With
// d a 4×4 tile of the input, g a filter and y a 2×2 tile of the output, y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, summed over the
// input's channels before Aᵀ…A; and ḡ = Gᵀ[Σ (A ȳ Aᵀ) ⊙ (Bᵀ d B)]G, summed over tiles. Lavin and Gray, CVPR 2016.
import { madd, padImages, splat } from "./simd";

/** Tiles worked on at a time, a multiple of 6: their transforms stay in the second-level cache. */
const TILES: i32 = 24;

/** Images padded at a time: so many that a block of tiles is full. */
function imagesAtATime(tiles: i32): i32 {
  return (TILES + tiles - 1) / tiles;
}

function paddedBytes(h: i32, w: i32, c: i32): usize {
  return <usize>imagesAtATime((h >> 1) * (w >> 1)) * <usize>((h + 2) * (w + 2) * c) << 2;
}

/** Bytes from one of the 16 transforms to the next; a cache line more than they need, so that they share no set. */
function planeBytes(channels: i32): usize {
  return (<usize>(TILES * channels) << 2) + 64;
}

/** Bytes of scratch memory for either way; C and F channels of input and output. */
export function winogradScratch(h: i32, w: i32, c: i32, f: i32): usize {
  return paddedBytes(h, w, c) + 16 * (planeBytes(c) + planeBytes(f)) + (<usize>(16 * c * f) << 2);
}

/** Bᵀ d B of one tile: c channels at p, image rows `row` bytes apart; 16 results `plane` bytes apart at q. */
// @ts-ignore: decorator
@inline
function transformInput(p: usize, row: usize, c: i32, q: usize, plane: usize): void {
  const col: usize = <usize>c << 2;
  const row2 = <usize>2 * row;
  const row3 = <usize>3 * row;
  const col2 = <usize>2 * col;
  const col3 = <usize>3 * col;
  for (let k: usize = 0; k < col; k += 16) {
    const s = p + k;
    let a0 = v128.load(s), a2 = v128.load(s + row2), a1 = v128.load(s + row), a3 = v128.load(s + row3);
    const t00 = f32x4.sub(a0, a2), t10 = f32x4.add(a1, a2), t20 = f32x4.sub(a2, a1), t30 = f32x4.sub(a1, a3);
    a0 = v128.load(s + col), a2 = v128.load(s + row2 + col);
    a1 = v128.load(s + row + col), a3 = v128.load(s + row3 + col);
    const t01 = f32x4.sub(a0, a2), t11 = f32x4.add(a1, a2), t21 = f32x4.sub(a2, a1), t31 = f32x4.sub(a1, a3);
    a0 = v128.load(s + col2), a2 = v128.load(s + row2 + col2);
    a1 = v128.load(s + row + col2), a3 = v128.load(s + row3 + col2);
    const t02 = f32x4.sub(a0, a2), t12 = f32x4.add(a1, a2), t22 = f32x4.sub(a2, a1), t32 = f32x4.sub(a1, a3);
    a0 = v128.load(s + col3), a2 = v128.load(s + row2 + col3);
    a1 = v128.load(s + row + col3), a3 = v128.load(s + row3 + col3);
    const t03 = f32x4.sub(a0, a2), t13 = f32x4.add(a1, a2), t23 = f32x4.sub(a2, a1), t33 = f32x4.sub(a1, a3);
    let o = q + k;
    v128.store(o, f32x4.sub(t00, t02));
    v128.store(o += plane, f32x4.add(t01, t02));
    v128.store(o += plane, f32x4.sub(t02, t01));
    v128.store(o += plane, f32x4.sub(t01, t03));
    v128.store(o += plane, f32x4.sub(t10, t12));
    v128.store(o += plane, f32x4.add(t11, t12));
    v128.store(o += plane, f32x4.sub(t12, t11));
    v128.store(o += plane, f32x4.sub(t11, t13));
    v128.store(o += plane, f32x4.sub(t20, t22));
    v128.store(o += plane, f32x4.add(t21, t22));
    v128.store(o += plane, f32x4.sub(t22, t21));
    v128.store(o += plane, f32x4.sub(t21, t23));
    v128.store(o += plane, f32x4.sub(t30, t32));
    v128.store(o += plane, f32x4.add(t31, t32));
    v128.store(o += plane, f32x4.sub(t32, t31));
    v128.store(o += plane, f32x4.sub(t31, t33));
  }
}

/** G g Gᵀ of all filters `[3, 3, C, F]`, packed `[16, F/8, C, 8]`. */
function transformFilter(g: usize, u: usize, c: i32, f: i32): void {
  const tap: usize = <usize>(c * f) << 2;
  const half = f32x4.splat(0.5);
  for (let k = 0; k < c; k++) {
    for (let o = 0; o < f; o += 4) {
      const p = g + (<usize>(k * f + o) << 2);
      let q = u + (<usize>((o >> 3) * c * 8 + k * 8 + (o & 4)) << 2);
      // Rows of G g first: r[i][j], i = 0 … 3.
      let x = v128.load(p), y = v128.load(p + 3 * tap), z = v128.load(p + 6 * tap);
      let s = f32x4.add(x, z);
      const r00 = x, r10 = f32x4.mul(half, f32x4.add(s, y)), r20 = f32x4.mul(half, f32x4.sub(s, y)), r30 = z;
      x = v128.load(p + tap), y = v128.load(p + 4 * tap), z = v128.load(p + 7 * tap);
      s = f32x4.add(x, z);
      const r01 = x, r11 = f32x4.mul(half, f32x4.add(s, y)), r21 = f32x4.mul(half, f32x4.sub(s, y)), r31 = z;
      x = v128.load(p + 2 * tap), y = v128.load(p + 5 * tap), z = v128.load(p + 8 * tap);
      s = f32x4.add(x, z);
      const r02 = x, r12 = f32x4.mul(half, f32x4.add(s, y)), r22 = f32x4.mul(half, f32x4.sub(s, y)), r32 = z;
      q = storeFilterRow(q, tap, r00, r01, r02);
      q = storeFilterRow(q, tap, r10, r11, r12);
      q = storeFilterRow(q, tap, r20, r21, r22);
      storeFilterRow(q, tap, r30, r31, r32);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeFilterRow(q: usize, plane: usize, x: v128, y: v128, z: v128): usize {
  const half = f32x4.splat(0.5);
  const s = f32x4.add(x, z);
  v128.store(q, x);
  v128.store(q + plane, f32x4.mul(half, f32x4.add(s, y)));
  v128.store(q + 2 * plane, f32x4.mul(half, f32x4.sub(s, y)));
  v128.store(q + 3 * plane, z);
  return q + 4 * plane;
}

/** `[6, K] · [K, 8]`, rows `lda` and `ldc` bytes apart, b packed. */
// @ts-ignore: decorator
@inline
function product6x8(a: usize, lda: usize, b: usize, k: i32, c: usize, ldc: usize): void {
  const a1 = a + lda, a2 = a1 + lda, a3 = a2 + lda, a4 = a3 + lda, a5 = a4 + lda;
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  const end = <usize>k << 2;
  for (let i: usize = 0; i < end; i += 4) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    b += 32;
    let x = splat(a + i);
    c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = splat(a1 + i);
    c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = splat(a2 + i);
    c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = splat(a3 + i);
    c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    x = splat(a4 + i);
    c40 = madd(x, b0, c40), c41 = madd(x, b1, c41);
    x = splat(a5 + i);
    c50 = madd(x, b0, c50), c51 = madd(x, b1, c51);
  }
  v128.store(c, c00), v128.store(c, c01, 16);
  v128.store(c += ldc, c10), v128.store(c, c11, 16);
  v128.store(c += ldc, c20), v128.store(c, c21, 16);
  v128.store(c += ldc, c30), v128.store(c, c31, 16);
  v128.store(c += ldc, c40), v128.store(c, c41, 16);
  v128.store(c += ldc, c50), v128.store(c, c51, 16);
}

/** Aᵀ m A of one tile: 16 planes of f channels at p; the four pixels of y, rows `row` bytes apart. */
// @ts-ignore: decorator
@inline
function transformOutput(p: usize, plane: usize, f: i32, y: usize, row: usize): void {
  const col: usize = <usize>f << 2;
  for (let k: usize = 0; k < col; k += 16) {
    let s = p + k;
    let m0 = v128.load(s), m1 = v128.load(s += plane), m2 = v128.load(s += plane), m3 = v128.load(s += plane);
    let sum = f32x4.add(m1, m2), dif = f32x4.sub(m1, m2);
    let y00 = f32x4.add(m0, sum), y01 = f32x4.sub(dif, m3);
    m0 = v128.load(s += plane), m1 = v128.load(s += plane), m2 = v128.load(s += plane), m3 = v128.load(s += plane);
    sum = f32x4.add(m1, m2), dif = f32x4.sub(m1, m2);
    let r0 = f32x4.add(m0, sum), r1 = f32x4.sub(dif, m3);
    y00 = f32x4.add(y00, r0), y01 = f32x4.add(y01, r1);
    let y10 = r0, y11 = r1;
    m0 = v128.load(s += plane), m1 = v128.load(s += plane), m2 = v128.load(s += plane), m3 = v128.load(s += plane);
    sum = f32x4.add(m1, m2), dif = f32x4.sub(m1, m2);
    r0 = f32x4.add(m0, sum), r1 = f32x4.sub(dif, m3);
    y00 = f32x4.add(y00, r0), y01 = f32x4.add(y01, r1);
    y10 = f32x4.sub(y10, r0), y11 = f32x4.sub(y11, r1);
    m0 = v128.load(s += plane), m1 = v128.load(s += plane), m2 = v128.load(s += plane), m3 = v128.load(s += plane);
    sum = f32x4.add(m1, m2), dif = f32x4.sub(m1, m2);
    y10 = f32x4.sub(y10, f32x4.add(m0, sum)), y11 = f32x4.sub(y11, f32x4.sub(dif, m3));
    const o = y + k;
    v128.store(o, y00), v128.store(o + col, y01);
    v128.store(o + row, y10), v128.store(o + row + col, y11);
  }
}

/** y = conv(x, g): x `[n, h, w, c]`, g `[3, 3, c, f]`, y `[n, h, w, f]`; h and w even, c a multiple of 4, f of 8. */
export function winogradConv(x: usize, g: usize, y: usize, n: i32, h: i32, w: i32, c: i32, f: i32, scratch: usize): void {
  const th = h >> 1, tw = w >> 1, tiles = th * tw;
  const most = imagesAtATime(tiles);
  const planeV = planeBytes(c), planeM = planeBytes(f), planeU = <usize>(c * f) << 2;
  const padded = scratch;
  const v = padded + paddedBytes(h, w, c);
  const m = v + 16 * planeV;
  const u = m + 16 * planeM;
  transformFilter(g, u, c, f);
  const rowX = <usize>((w + 2) * c) << 2, rowY = <usize>(w * f) << 2;
  const imageX = <usize>(h + 2) * rowX, imageY = <usize>h * rowY;
  const colX = <usize>c << 2, colY = <usize>f << 2;
  for (let first = 0; first < n; first += most) {
    const images = min(most, n - first);
    padImages(x + <usize>first * ((<usize>(h * w * c)) << 2), padded, images, h, w, c);
    const out = y + <usize>first * imageY;
    const all = images * tiles;
    for (let t0 = 0; t0 < all; t0 += TILES) {
      const count = min(TILES, all - t0);
      for (let t = 0; t < count; t++) {
        const tile = t0 + t, image = tile / tiles, at = tile - image * tiles, ty = at / tw, tx = at - ty * tw;
        transformInput(padded + <usize>image * imageX + <usize>(2 * ty) * rowX + <usize>(2 * tx) * colX, rowX, c, v + <usize>t * colX, planeV);
      }
      for (let e = 0; e < 16; e++) {
        const ve = v + <usize>e * planeV, me = m + <usize>e * planeM, ue = u + <usize>e * planeU;
        for (let o = 0; o < f; o += 8) {
          const b = ue + (<usize>(o * c) << 2);
          for (let t = 0; t < count; t += 6) {
            product6x8(ve + <usize>t * colX, colX, b, c, me + <usize>t * colY + (<usize>o << 2), colY);
          }
        }
      }
      for (let t = 0; t < count; t++) {
        const tile = t0 + t, image = tile / tiles, at = tile - image * tiles, ty = at / tw, tx = at - ty * tw;
        transformOutput(m + <usize>t * colY, planeM, f, out + <usize>image * imageY + <usize>(2 * ty) * rowY + <usize>(2 * tx) * colY, rowY);
      }
    }
  }
}

/** A ȳ Aᵀ of one tile of the cotangent, 16 planes of f channels at q. */
// @ts-ignore: decorator
@inline
function transformCotangent(y: usize, row: usize, f: i32, q: usize, plane: usize): void {
  const col: usize = <usize>f << 2;
  for (let k: usize = 0; k < col; k += 16) {
    const s = y + k;
    const a = v128.load(s), b = v128.load(s + col), c = v128.load(s + row), d = v128.load(s + row + col);
    const ac = f32x4.add(a, c), bd = f32x4.add(b, d), amc = f32x4.sub(a, c), bmd = f32x4.sub(b, d);
    let o = q + k;
    v128.store(o, a);
    v128.store(o += plane, f32x4.add(a, b));
    v128.store(o += plane, f32x4.sub(a, b));
    v128.store(o += plane, f32x4.neg(b));
    v128.store(o += plane, ac);
    v128.store(o += plane, f32x4.add(ac, bd));
    v128.store(o += plane, f32x4.sub(ac, bd));
    v128.store(o += plane, f32x4.neg(bd));
    v128.store(o += plane, amc);
    v128.store(o += plane, f32x4.add(amc, bmd));
    v128.store(o += plane, f32x4.sub(amc, bmd));
    v128.store(o += plane, f32x4.neg(bmd));
    v128.store(o += plane, f32x4.neg(c));
    v128.store(o += plane, f32x4.neg(f32x4.add(c, d)));
    v128.store(o += plane, f32x4.sub(d, c));
    v128.store(o += plane, d);
  }
}

/** `[4, 8] += [K, 4]ᵀ · [K, 8]`, the result packed. */
// @ts-ignore: decorator
@inline
function outer4x8(a: usize, lda: usize, b: usize, ldb: usize, k: i32, c: usize): void {
  let c00 = v128.load(c), c01 = v128.load(c, 16), c10 = v128.load(c, 32), c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64), c21 = v128.load(c, 80), c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  for (let i = 0; i < k; i++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00), c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10), c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20), c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30), c31 = madd(x, b1, c31);
    a += lda;
    b += ldb;
  }
  v128.store(c, c00), v128.store(c, c01, 16), v128.store(c, c10, 32), v128.store(c, c11, 48);
  v128.store(c, c20, 64), v128.store(c, c21, 80), v128.store(c, c30, 96), v128.store(c, c31, 112);
}

/** Gᵀ s G, of sums packed `[16, F/8, C/4, 4, 8]`, to filters `[3, 3, C, F]`. */
function transformSums(s: usize, g: usize, c: i32, f: i32): void {
  const plane: usize = <usize>(c * f) << 2;
  const half = f32x4.splat(0.5);
  for (let k = 0; k < c; k++) {
    for (let o = 0; o < f; o += 4) {
      const p = s + (<usize>((o >> 3) * c * 8 + k * 8 + (o & 4)) << 2);
      let q = g + (<usize>(k * f + o) << 2);
      // Columns of Gᵀ s: r[i][j], i = 0 … 2, j = 0 … 3, made a column at a time and summed up over j.
      let x = v128.load(p), m = v128.load(p + 4 * plane), n = v128.load(p + 8 * plane), z = v128.load(p + 12 * plane);
      let sum = f32x4.mul(half, f32x4.add(m, n));
      const r00 = f32x4.add(x, sum), r10 = f32x4.mul(half, f32x4.sub(m, n)), r20 = f32x4.add(sum, z);
      x = v128.load(p + plane), m = v128.load(p + 5 * plane), n = v128.load(p + 9 * plane), z = v128.load(p + 13 * plane);
      sum = f32x4.mul(half, f32x4.add(m, n));
      const r01 = f32x4.add(x, sum), r11 = f32x4.mul(half, f32x4.sub(m, n)), r21 = f32x4.add(sum, z);
      x = v128.load(p + 2 * plane), m = v128.load(p + 6 * plane), n = v128.load(p + 10 * plane), z = v128.load(p + 14 * plane);
      sum = f32x4.mul(half, f32x4.add(m, n));
      const r02 = f32x4.add(x, sum), r12 = f32x4.mul(half, f32x4.sub(m, n)), r22 = f32x4.add(sum, z);
      x = v128.load(p + 3 * plane), m = v128.load(p + 7 * plane), n = v128.load(p + 11 * plane), z = v128.load(p + 15 * plane);
      sum = f32x4.mul(half, f32x4.add(m, n));
      const r03 = f32x4.add(x, sum), r13 = f32x4.mul(half, f32x4.sub(m, n)), r23 = f32x4.add(sum, z);
      q = storeSumsRow(q, plane, r00, r01, r02, r03);
      q = storeSumsRow(q, plane, r10, r11, r12, r13);
      storeSumsRow(q, plane, r20, r21, r22, r23);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeSumsRow(q: usize, plane: usize, x: v128, m: v128, n: v128, z: v128): usize {
  const half = f32x4.splat(0.5);
  const sum = f32x4.mul(half, f32x4.add(m, n));
  v128.store(q, f32x4.add(x, sum));
  v128.store(q + plane, f32x4.mul(half, f32x4.sub(m, n)));
  v128.store(q + 2 * plane, f32x4.add(sum, z));
  return q + 3 * plane;
}

/** ḡ `[3, 3, c, f]` of conv(x, g) with cotangent ȳ `[n, h, w, f]`; sizes as in {@link winogradConv}. */
export function winogradFilter(x: usize, y: usize, g: usize, n: i32, h: i32, w: i32, c: i32, f: i32, scratch: usize): void {
  const th = h >> 1, tw = w >> 1, tiles = th * tw;
  const most = imagesAtATime(tiles);
  const planeV = planeBytes(c), planeM = planeBytes(f), planeU = <usize>(c * f) << 2;
  const padded = scratch;
  const v = padded + paddedBytes(h, w, c);
  const m = v + 16 * planeV;
  const sums = m + 16 * planeM;
  memory.fill(sums, 0, 16 * planeU);
  const rowX = <usize>((w + 2) * c) << 2, rowY = <usize>(w * f) << 2;
  const imageX = <usize>(h + 2) * rowX, imageY = <usize>h * rowY;
  const colX = <usize>c << 2, colY = <usize>f << 2;
  for (let first = 0; first < n; first += most) {
    const images = min(most, n - first);
    padImages(x + <usize>first * ((<usize>(h * w * c)) << 2), padded, images, h, w, c);
    const from = y + <usize>first * imageY;
    const all = images * tiles;
    for (let t0 = 0; t0 < all; t0 += TILES) {
      const count = min(TILES, all - t0);
      for (let t = 0; t < count; t++) {
        const tile = t0 + t, image = tile / tiles, at = tile - image * tiles, ty = at / tw, tx = at - ty * tw;
        transformInput(padded + <usize>image * imageX + <usize>(2 * ty) * rowX + <usize>(2 * tx) * colX, rowX, c, v + <usize>t * colX, planeV);
        transformCotangent(from + <usize>image * imageY + <usize>(2 * ty) * rowY + <usize>(2 * tx) * colY, rowY, f, m + <usize>t * colY, planeM);
      }
      for (let e = 0; e < 16; e++) {
        const ve = v + <usize>e * planeV, me = m + <usize>e * planeM;
        let to = sums + <usize>e * planeU;
        for (let o = 0; o < f; o += 8) {
          for (let k = 0; k < c; k += 4) {
            outer4x8(ve + (<usize>k << 2), colX, me + (<usize>o << 2), colY, count, to);
            to += 128;
          }
        }
      }
    }
  }
  transformSums(sums, g, c, f);
}
