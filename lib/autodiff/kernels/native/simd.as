// What the kernels share. AssemblyScript, not TypeScript: see ../README.md.

/** a · b + c, fused where the engine has relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Four times the number at p. */
// @ts-ignore: decorator
@inline
export function splat(p: usize): v128 {
  return v128.load32_splat(p);
}

/** Copies images `[n, h, w, c]` with a border of zeros, `[n, h + 2, w + 2, c]`. */
export function padImages(x: usize, out: usize, n: i32, h: i32, w: i32, c: i32): void {
  const row: usize = <usize>(w * c) << 2;
  const side: usize = <usize>c << 2;
  const padded: usize = row + 2 * side;
  for (let i = 0; i < n; i++) {
    memory.fill(out, 0, padded + side);
    out += padded + side;
    for (let y = 0; y < h; y++) {
      memory.copy(out, x, row);
      memory.fill(out + row, 0, 2 * side);
      x += row;
      out += padded;
    }
    memory.fill(out, 0, padded - side);
    out += padded - side;
  }
}
