/** Weights of one axis: output i is Σ_k weight[i][k] · input[start[i] + k]. */
export interface AxisWeights {
  readonly start: readonly number[];
  readonly weights: readonly Float64Array[];
}

/**
 * Weights that take an axis of `from` pixels to `to`: area averaging when it shrinks, linear between pixel centres
 * when it grows (half-pixel centres, edges repeated).
 */
export function axisWeights(from: number, to: number): AxisWeights {
  const scale = from / to;
  const start: number[] = [];
  const weights: Float64Array[] = [];
  for (let i = 0; i < to; i++) {
    if (scale >= 1) {
      const [low, high] = [i * scale, Math.min(from, (i + 1) * scale)];
      const first = Math.floor(low);
      const count = Math.max(1, Math.ceil(high - 1e-9) - first);
      start.push(first);
      weights.push(Float64Array.from(
        { length: count },
        (_, k) => (Math.min(high, first + k + 1) - Math.max(low, first + k)) / (high - low),
      ));
    } else {
      const centre = Math.min(from - 1, Math.max(0, (i + 0.5) * scale - 0.5));
      const first = Math.min(Math.floor(centre), Math.max(0, from - 2));
      start.push(first);
      weights.push(from === 1 ? Float64Array.of(1) : Float64Array.of(1 - (centre - first), centre - first));
    }
  }
  return { start, weights };
}

/** Memory that pictures of one size are resized in, one after another. */
export interface ResizeRoom {
  /** `[height, to columns, C]`. */
  readonly narrow: Float32Array;
  /** `[to rows, to columns, C]`. */
  readonly out: Float32Array;
}

/** Makes the memory for pictures of so many rows. */
export function resizeRoom(height: number, channels: number, columns: AxisWeights, rows: AxisWeights): ResizeRoom {
  const stride = columns.start.length * channels;
  return { narrow: new Float32Array(height * stride), out: new Float32Array(rows.start.length * stride) };
}

/**
 * Resizes rows of interleaved channels: `[height, width, C]` to `[to rows, to columns, C]`, in floating point.
 *
 * @returns `room.out`.
 */
export function resize(
  input: Float32Array,
  { width, channels }: { readonly width: number; readonly channels: number },
  columns: AxisWeights,
  rows: AxisWeights,
  room = resizeRoom(input.length / (width * channels), channels, columns, rows),
): Float32Array {
  const outWidth = columns.start.length;
  const height = input.length / (width * channels);
  const { narrow, out } = room;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) {
      const weights = columns.weights[x]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        let at = (y * width + columns.start[x]!) * channels + c;
        for (let k = 0; k < weights.length; k++, at += channels) sum += weights[k]! * input[at]!;
        narrow[(y * outWidth + x) * channels + c] = sum;
      }
    }
  }
  const stride = outWidth * channels;
  out.fill(0);
  for (let y = 0; y < rows.start.length; y++) {
    const weights = rows.weights[y]!;
    for (let k = 0; k < weights.length; k++) {
      const [weight, from] = [weights[k]!, (rows.start[y]! + k) * stride];
      for (let i = 0; i < stride; i++) out[y * stride + i]! += weight * narrow[from + i]!;
    }
  }
  return out;
}
