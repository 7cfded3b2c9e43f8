// Passes over so many numbers, one by one; the tail beyond a multiple of 4 too.

/** out = y ≤ 0 ? 0 : x. Where y is no number x passes. */
export function gate(x: usize, y: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0), end = out + (<usize>(count & ~3) << 2);
  for (; out < end; x += 16, y += 16, out += 16) {
    v128.store(out, v128.andnot(v128.load(x), f32x4.le(v128.load(y), zero)));
  }
  for (let i = 0; i < (count & 3); i++, x += 4, y += 4, out += 4) {
    store<f32>(out, load<f32>(y) <= 0 ? 0 : load<f32>(x));
  }
}

/** out = x < 0 ? 0 : x. What is no number stays so. */
export function relu(x: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0), end = out + (<usize>(count & ~3) << 2);
  for (; out < end; x += 16, out += 16) v128.store(out, f32x4.max(v128.load(x), zero));
  for (let i = 0; i < (count & 3); i++, x += 4, out += 4) store<f32>(out, max<f32>(load<f32>(x), 0));
}

/** out = x + y. */
export function add(x: usize, y: usize, out: usize, count: i32): void {
  const end = out + (<usize>(count & ~3) << 2);
  for (; out < end; x += 16, y += 16, out += 16) v128.store(out, f32x4.add(v128.load(x), v128.load(y)));
  for (let i = 0; i < (count & 3); i++, x += 4, y += 4, out += 4) store<f32>(out, load<f32>(x) + load<f32>(y));
}

/** out = x − y. */
export function sub(x: usize, y: usize, out: usize, count: i32): void {
  const end = out + (<usize>(count & ~3) << 2);
  for (; out < end; x += 16, y += 16, out += 16) v128.store(out, f32x4.sub(v128.load(x), v128.load(y)));
  for (let i = 0; i < (count & 3); i++, x += 4, y += 4, out += 4) store<f32>(out, load<f32>(x) - load<f32>(y));
}

/** out = x · y. */
export function mul(x: usize, y: usize, out: usize, count: i32): void {
  const end = out + (<usize>(count & ~3) << 2);
  for (; out < end; x += 16, y += 16, out += 16) v128.store(out, f32x4.mul(v128.load(x), v128.load(y)));
  for (let i = 0; i < (count & 3); i++, x += 4, y += 4, out += 4) store<f32>(out, load<f32>(x) * load<f32>(y));
}

/** out = x · factor. */
export function scale(x: usize, factor: f32, out: usize, count: i32): void {
  const four = f32x4.splat(factor), end = out + (<usize>(count & ~3) << 2);
  for (; out < end; x += 16, out += 16) v128.store(out, f32x4.mul(v128.load(x), four));
  for (let i = 0; i < (count & 3); i++, x += 4, out += 4) store<f32>(out, load<f32>(x) * factor);
}
