import type * as tf from "@tensorflow/tfjs-core";
import { addressOf, makeEmpty, nativeKernels, withScratch } from "./_native.ts";

type Padding = readonly [readonly [number, number], readonly [number, number]];

/** What decides whether a convolution has a kernel of this project's own. */
export interface ConvSizes {
  /** `[n, h, w, c]` of its input. */
  readonly input: readonly number[];
  /** `[kh, kw]`. */
  readonly kernel: readonly number[];
  /** F, channels of its output. */
  readonly outputs: number;
  readonly stride: number;
  readonly padding: Padding;
}

/**
 * A 3×3 convolution of stride 1 and the same size (`conv`, of x and the filter), or its filter's gradient (`filter`, of x
 * and the cotangent), by this project's own kernels; null where there is none for these sizes.
 */
export function nativeConv(
  way: "conv" | "filter",
  x: tf.Tensor,
  other: tf.Tensor,
  { input, kernel, outputs: f, stride, padding }: ConvSizes,
): tf.Tensor | null {
  const [n, h, w, c] = input as [number, number, number, number];
  const same = stride === 1 && kernel[0] === 3 && kernel[1] === 3 && padding.flat().every((side) => side === 1);
  const winograd = c % 4 === 0 && h % 2 === 0 && w % 2 === 0;
  if (!same || f % 8 !== 0 || n === 0 || !(winograd || (c < 4 && w % 4 === 0))) return null;
  const kernels = nativeKernels();
  if (kernels === null) return null;
  const [scratch, conv, filter] = winograd
    ? [kernels.winogradScratch, kernels.winogradConv, kernels.winogradFilter]
    : [kernels.directScratch, kernels.directConv, kernels.directFilter];
  const run = way === "conv" ? conv : filter;
  const out = makeEmpty(way === "conv" ? [n, h, w, f] : [3, 3, c, f]);
  withScratch(scratch(h, w, c, f), (space) => {
    run(addressOf(x), addressOf(other), addressOf(out), n, h, w, c, f, space);
  });
  return out;
}
