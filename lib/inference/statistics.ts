import type { Value } from "../autodiff/mod.ts";
import { constant } from "../autodiff/mod.ts";
import { CONV4_BLOCKS } from "../model/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import type { Tree } from "../tree/mod.ts";
import * as tf from "@tensorflow/tfjs-core";

/** Normalisation statistics at rest: `conv1` … `conv4`, each `{mean: [C], variance: [C]}`. */
export type Statistics = Tree<StoredTensor>;

/**
 * Names a network's statistics as they stand in a weights file.
 *
 * @param rows `[2, C]` mean and variance of each normalised layer.
 * @returns `conv1.mean`, `conv1.variance`, …
 * @throws {TypeError} When the number of layers or a shape is wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { nameStatistics } from "./mod.ts";
 * const rows = Array.from({ length: 4 }, () => ({ channels: 1, data: Float32Array.of(0, 1) }));
 * assertEquals(Object.keys(nameStatistics(rows)), ["conv1", "conv2", "conv3", "conv4"]);
 * ```
 */
export function nameStatistics(
  rows: readonly { readonly channels: number; readonly data: Float32Array }[],
): Statistics {
  if (rows.length !== CONV4_BLOCKS) {
    throw new TypeError(`Cannot name statistics: expected ${CONV4_BLOCKS} layers, got ${rows.length}`);
  }
  return Object.fromEntries(rows.map(({ channels, data }, i) => {
    if (data.length !== 2 * channels) {
      throw new TypeError(`Cannot name statistics: layer ${i + 1} is not [2, ${channels}]`);
    }
    const row = (at: number): StoredTensor => ({
      dtype: "F32",
      shape: [channels],
      data: data.slice(at * channels, (at + 1) * channels),
    });
    return [`conv${i + 1}`, { mean: row(0), variance: row(1) }];
  }));
}

/**
 * Uploads named statistics in the form the network takes.
 *
 * @param statistics As {@linkcode nameStatistics} gives them.
 * @returns `[2, C]` a layer, owned by the surrounding scope.
 * @throws {TypeError} When a layer is missing.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { nameStatistics, statisticsValues } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const rows = Array.from({ length: 4 }, () => ({ channels: 1, data: Float32Array.of(0, 1) }));
 * assertEquals(statisticsValues(nameStatistics(rows))[0]!.tensor.shape, [2, 1]);
 * ```
 */
export function statisticsValues(statistics: Statistics): Value[] {
  return Array.from({ length: CONV4_BLOCKS }, (_, i) => {
    const layer = statistics[`conv${i + 1}`] as { mean?: StoredTensor; variance?: StoredTensor } | undefined;
    if (layer?.mean === undefined || layer.variance === undefined) {
      throw new TypeError(`Cannot normalise: the weights have no statistics of conv${i + 1}`);
    }
    const c = layer.mean.data.length;
    const data = new Float32Array(2 * c);
    data.set(layer.mean.data, 0);
    data.set(layer.variance.data, c);
    return constant(tf.tensor2d(data, [2, c]));
  });
}
