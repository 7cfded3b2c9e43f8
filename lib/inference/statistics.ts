import type { Value } from "../autodiff/mod.ts";
import { constant } from "../autodiff/mod.ts";
import { type BackboneName, normLayers } from "../model/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, type Tree, unflattenTree } from "../tree/mod.ts";
import * as tf from "@tensorflow/tfjs-core";

/**
 * Normalisation statistics at rest, `{mean: [C], variance: [C]}` by the path of each normalised layer: `conv1` … `conv4` of
 * Conv4, `stem`, `stage1.conv1` … of ResNet, and so on.
 */
export type Statistics = Tree<StoredTensor>;

/** Paths of a backbone's normalised layers, in order. */
function layersOf(backbone: BackboneName): string[] {
  return normLayers({ backbone, channels: 1 }).map(([path]) => path);
}

/**
 * Names a network's statistics as they stand in a weights file.
 *
 * @param rows `[2, C]` mean and variance of each normalised layer.
 * @param backbone Whose layers they are; default `conv4`.
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
  backbone: BackboneName = "conv4",
): Statistics {
  const layers = layersOf(backbone);
  if (rows.length !== layers.length) {
    throw new TypeError(
      `Cannot name statistics: expected the ${layers.length} layers of ${backbone}, got ${rows.length}`,
    );
  }
  return unflattenTree(rows.flatMap(({ channels, data }, i): [string, StoredTensor][] => {
    if (data.length !== 2 * channels) {
      throw new TypeError(`Cannot name statistics: ${layers[i]} is not [2, ${channels}]`);
    }
    const row = (at: number): StoredTensor => ({
      dtype: "F32",
      shape: [channels],
      data: data.slice(at * channels, (at + 1) * channels),
    });
    return [[`${layers[i]}.mean`, row(0)], [`${layers[i]}.variance`, row(1)]];
  }));
}

/**
 * Uploads named statistics in the form the network takes.
 *
 * @param statistics As {@linkcode nameStatistics} gives them.
 * @param backbone Whose layers they are; default `conv4`.
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
export function statisticsValues(statistics: Statistics, backbone: BackboneName = "conv4"): Value[] {
  const stored = new Map(flattenTree(statistics));
  return layersOf(backbone).map((path) => {
    const [mean, variance] = [stored.get(`${path}.mean`), stored.get(`${path}.variance`)];
    if (mean === undefined || variance === undefined) {
      throw new TypeError(`Cannot normalise: the weights have no statistics of ${path}`);
    }
    const c = mean.data.length;
    const data = new Float32Array(2 * c);
    data.set(mean.data, 0);
    data.set(variance.data, c);
    return constant(tf.tensor2d(data, [2, c]));
  });
}
