/**
 * Undoes the filters of PNG rows: from `rows` times one filter byte and `stride` bytes to `[rows, stride]`.
 *
 * `step` is the distance to the byte of the pixel on the left. Throws SyntaxError with the reason only.
 * Source: PNG specification, section 9.
 */
export function unfilterPng(raw: Uint8Array, rows: number, stride: number, step: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rows * stride);
  for (let y = 0; y < rows; y++) {
    const from = y * (stride + 1) + 1;
    const at = y * stride;
    const filter = raw[from - 1]!;
    const above = y > 0 ? at - stride : -1;
    if (filter === 0 || (filter === 2 && above < 0)) copy(raw, out, from, at, stride);
    else if (filter === 1 || (filter === 4 && above < 0)) subtractLeft(raw, out, from, at, stride, step);
    else if (filter === 2) {
      for (let i = 0; i < stride; i++) out[at + i] = raw[from + i]! + out[above + i]!;
    } else if (filter === 3) average(raw, out, from, at, stride, step, above);
    else if (filter === 4) paeth(raw, out, from, at, stride, step);
    else throw new SyntaxError(`expected PNG row filters 0 to 4, got ${filter}`);
  }
  return out;
}

/** Rows up to which a loop takes less than a view of the row does. */
const SHORT = 256;

/** Filter 0. */
function copy(raw: Uint8Array, out: Uint8Array, from: number, at: number, stride: number): void {
  if (stride > SHORT) out.set(raw.subarray(from, from + stride), at);
  else for (let i = 0; i < stride; i++) out[at + i] = raw[from + i]!;
}

/** Filter 1, and filter 4 in the first row, where Paeth's predictor is the left pixel. */
function subtractLeft(
  raw: Uint8Array,
  out: Uint8Array,
  from: number,
  at: number,
  stride: number,
  step: number,
): void {
  const first = Math.min(step, stride);
  for (let i = 0; i < first; i++) out[at + i] = raw[from + i]!;
  for (let i = first; i < stride; i++) out[at + i] = raw[from + i]! + out[at + i - step]!;
}

/** Filter 3: the mean of left and above, rounded down. */
function average(
  raw: Uint8Array,
  out: Uint8Array,
  from: number,
  at: number,
  stride: number,
  step: number,
  above: number,
): void {
  for (let i = 0; i < stride; i++) {
    const left = i >= step ? out[at + i - step]! : 0;
    const up = above >= 0 ? out[above + i]! : 0;
    out[at + i] = raw[from + i]! + ((left + up) >> 1);
  }
}

/** Filter 4: whichever of left, above and above left is nearest to left + above − above left. */
function paeth(raw: Uint8Array, out: Uint8Array, from: number, at: number, stride: number, step: number): void {
  const first = Math.min(step, stride);
  const above = at - stride;
  for (let i = 0; i < first; i++) out[at + i] = raw[from + i]! + out[above + i]!;
  for (let i = first; i < stride; i++) {
    const left = out[at + i - step]!;
    const up = out[above + i]!;
    const corner = out[above + i - step]!;
    const toLeft = Math.abs(up - corner);
    const toUp = Math.abs(left - corner);
    const toCorner = Math.abs(left + up - 2 * corner);
    const guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    out[at + i] = raw[from + i]! + guess;
  }
}
