// Where numbers lie: everything that takes parts of tensors from one order to another.

/** Zeros. */
export function clear(out: usize, bytes: usize): void {
  memory.fill(out, 0, bytes);
}

/**
 * Copies runs of `run` bytes, a multiple of 4, along four axes of n0 to n3 steps; steps and first places are in bytes, and a
 * step of 0 repeats.
 */
export function copy(
  x: usize, xFrom: usize, out: usize, outFrom: usize, run: usize,
  n0: i32, n1: i32, n2: i32, n3: i32,
  x0: usize, x1: usize, x2: usize, x3: usize,
  o0: usize, o1: usize, o2: usize, o3: usize,
): void {
  let p0 = x + xFrom, q0 = out + outFrom;
  for (let i = 0; i < n0; i++, p0 += x0, q0 += o0) {
    let p1 = p0, q1 = q0;
    for (let j = 0; j < n1; j++, p1 += x1, q1 += o1) {
      let p2 = p1, q2 = q1;
      for (let k = 0; k < n2; k++, p2 += x2, q2 += o2) {
        let p = p2, q = q2;
        for (let l = 0; l < n3; l++, p += x3, q += o3) {
          if (run >= 512) {
            memory.copy(q, p, run);
            continue;
          }
          let at: usize = 0;
          for (; at + 16 <= run; at += 16) v128.store(q + at, v128.load(p + at));
          for (; at < run; at += 4) store<f32>(q + at, load<f32>(p + at));
        }
      }
    }
  }
}
