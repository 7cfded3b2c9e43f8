import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import {
  avgPool,
  channelDots,
  constant,
  conv2d,
  dilate,
  maxPool,
  meanOver,
  pad,
  sumTo,
  temporalConv,
  type Value,
} from "../../lib/autodiff/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";

const zeros = (...shape: number[]): Value => constant(tf.zeros(shape));

/** Wrong uses, each with its class and message. */
const WRONG: readonly (readonly [string, () => Value, typeof TypeError | typeof RangeError, string])[] = [
  [
    "conv2d() of other channels",
    () => conv2d(zeros(1, 4, 4, 2), zeros(3, 3, 3, 1)),
    TypeError,
    "Cannot convolve: expected [B, H, W, C] and [kh, kw, C, F] or [T, kh, kw, C, F], got [1,4,4,2] and [3,3,3,1]",
  ],
  [
    "conv2d() of rank 3",
    () => conv2d(zeros(4, 4, 2), zeros(3, 3, 2, 1)),
    TypeError,
    "Cannot convolve: expected [B, H, W, C] and [kh, kw, C, F] or [T, kh, kw, C, F], got [4,4,2] and [3,3,2,1]",
  ],
  [
    "temporalConv() over more frames than there are",
    () => temporalConv(zeros(1, 2, 4, 4, 2), zeros(3, 3, 3, 2, 1)),
    TypeError,
    "Cannot convolve over time: expected [B, M, H, W, C] and [kt ≤ M, kh, kw, C, F], got [1,2,4,4,2] and [3,3,3,2,1]",
  ],
  [
    "temporalConv() of other channels",
    () => temporalConv(zeros(1, 3, 4, 4, 2), zeros(3, 3, 3, 1, 1)),
    TypeError,
    "Cannot convolve over time",
  ],
  [
    "maxPool() of one row",
    () => maxPool(zeros(1, 1, 4, 2)),
    TypeError,
    "Cannot pool: expected [B, H, W, C] of 2×2 or more, got [1,1,4,2]",
  ],
  [
    "avgPool() of one column",
    () => avgPool(zeros(1, 4, 1, 2)),
    TypeError,
    "Cannot pool: expected [B, H, W, C] of 2×2 or more, got [1,4,1,2]",
  ],
  [
    "meanOver() of a window in between",
    () => meanOver(zeros(1, 4, 4, 2), [2, 4]),
    RangeError,
    "Cannot average: expected a window of [4, 4] or [4, 1], got [2,4]",
  ],
  [
    "pad() of rank 5",
    () => pad(zeros(1, 1, 1, 1, 1), [[0, 0], [0, 0], [1, 0], [0, 0], [0, 0]]),
    RangeError,
    "Cannot pad: expected rank 1 to 4, got 5",
  ],
  [
    "dilate() beyond the last element's step",
    () => dilate(zeros(1, 2, 2, 1), 2, [5, 4]),
    RangeError,
    "Cannot dilate: expected 2 elements to become 3 to 4, got 5",
  ],
  [
    "dilate() that loses elements",
    () => dilate(zeros(1, 2, 2, 1), 2, [4, 2]),
    RangeError,
    "Cannot dilate: expected 2 elements to become 3 to 4, got 2",
  ],
  [
    "sumTo() of a shape that does not fit",
    () => sumTo(zeros(2, 3), [2]),
    TypeError,
    "Cannot sum: expected a shape that broadcasts to [2,3], got [2]",
  ],
  [
    "sumTo() of a higher rank",
    () => sumTo(zeros(3), [1, 3]),
    TypeError,
    "Cannot sum: expected a shape that broadcasts to [3], got [1,3]",
  ],
  [
    "channelDots() of two shapes",
    () => channelDots(zeros(4, 2), zeros(3, 2)),
    TypeError,
    "Cannot take products a channel: expected one shape, got [4,2] and [3,2]",
  ],
];

for (const [name, use, type, message] of WRONG) {
  Deno.test(`${name} is refused`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const error = assertThrows(use, type, message);
      assertEquals(error.constructor, type);
    });
  });
}
