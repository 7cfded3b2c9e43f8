// Products of matrices with few rows: what a layer does with one vector a clip.
import { madd, splat } from "./simd";

/** out `[rows, n]` = x `[rows, k]` · w `[k, n]`; each row by itself. */
export function matMul(x: usize, w: usize, out: usize, rows: i32, k: i32, n: i32): void {
  const line: usize = <usize>n << 2, fours: usize = <usize>(n & ~3) << 2;
  for (let i = 0; i < rows; i++, x += <usize>k << 2, out += line) {
    for (let j: usize = 0; j < fours; j += 16) {
      let sum = f32x4.splat(0), p = x, q = w + j;
      for (let l = 0; l < k; l++, p += 4, q += line) sum = madd(splat(p), v128.load(q), sum);
      v128.store(out + j, sum);
    }
    for (let j = fours; j < line; j += 4) {
      let sum: f32 = 0, p = x, q = w + j;
      for (let l = 0; l < k; l++, p += 4, q += line) sum += load<f32>(p) * load<f32>(q);
      store<f32>(out + j, sum);
    }
  }
}
