import * as tf from "@tensorflow/tfjs-core";
import { record, type Value } from "./value.ts";

/** Places zeros between neighbours along axes 1 and 2, by joining along channels: only ranks 4 and contiguous copies. */
function spread(x: tf.Tensor, stride: number): tf.Tensor {
  const [b, h, w, c] = x.shape as [number, number, number, number];
  const columns = tf.reshape(tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, (stride - 1) * c]]), [b, h, 1, w * stride * c]);
  return tf.reshape(tf.pad(columns, [[0, 0], [0, 0], [0, stride - 1], [0, 0]]), [b, h * stride, w * stride, c]);
}

/**
 * Zeros between the elements of a map: the adjoint of taking every `stride`-th element.
 *
 * @param x `[B, h, w, C]`.
 * @param stride Distance of former neighbours.
 * @param size Height and width of the result: from `(h − 1)·stride + 1` to `h·stride`, the sizes of which every
 * `stride`-th element gives `h` again.
 * @returns `[B, H, W, C]`.
 * @throws {RangeError} When a size is outside that range.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, dilate } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const y = dilate(constant(tf.tensor4d([1, 2], [1, 1, 2, 1])), 2, [1, 3]);
 * assertEquals([...y.tensor.dataSync()], [1, 0, 2]);
 * ```
 */
export function dilate(x: Value, stride: number, size: readonly [number, number]): Value {
  const [b, h, w, c] = x.tensor.shape as [number, number, number, number];
  const [height, width] = size;
  for (const [from, to] of [[h, height], [w, width]] as const) {
    if (to <= (from - 1) * stride || to > from * stride) {
      throw new RangeError(
        `Cannot dilate: expected ${from} elements to become ${(from - 1) * stride + 1} to ${from * stride}, got ${to}`,
      );
    }
  }
  const tensor = tf.slice(spread(x.tensor, stride), [0, 0, 0, 0], [b, height, width, c]);
  return record(tensor, [x], (dy) => [() => subsample(dy, stride)]);
}

/**
 * Every `stride`-th element of a map, beginning with the first: the adjoint of {@linkcode dilate}.
 *
 * @param x `[B, H, W, C]`.
 * @param stride The step.
 * @returns `[B, ⌈H / stride⌉, ⌈W / stride⌉, C]`.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant, subsample } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals([...subsample(constant(tf.tensor4d([1, 2, 3], [1, 1, 3, 1])), 2).tensor.dataSync()], [1, 3]);
 * ```
 */
export function subsample(x: Value, stride: number): Value {
  const [b, h, w, c] = x.tensor.shape as [number, number, number, number];
  const tensor = tf.stridedSlice(x.tensor, [0, 0, 0, 0], [b, h, w, c], [1, stride, stride, 1]);
  return record(tensor, [x], (dy, [input]) => {
    const [, height, width] = input!.tensor.shape as [number, number, number];
    return [() => dilate(dy, stride, [height, width])];
  });
}
