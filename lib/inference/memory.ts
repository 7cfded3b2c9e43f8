import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../autodiff/mod.ts";
import { type Architecture, featureCount, type Memory } from "../model/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import type { Tree } from "../tree/mod.ts";

/** A memory at rest: `{features: [S, F] F32, labels: [S] I32}`, `memory.features` and `memory.labels` in a weights file. */
export type StoredMemory = Tree<StoredTensor>;

/**
 * Names rows of features and their classes as they stand in a weights file.
 *
 * @param rows One of F features an entry.
 * @param labels Its class.
 * @returns Branch `memory` of {@linkcode Weights}.
 * @throws {TypeError} When the rows are of different lengths, or there is not one label a row.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { nameMemory } from "./mod.ts";
 * const { labels } = nameMemory([Float32Array.of(1, 2)], [0]);
 * assertEquals(labels, { dtype: "I32", shape: [1], data: Int32Array.of(0) });
 * ```
 */
export function nameMemory(rows: readonly Float32Array[], labels: readonly number[]): StoredMemory {
  const width = rows[0]?.length ?? 0;
  if (rows.length !== labels.length || rows.some((row) => row.length !== width)) {
    throw new TypeError(`Cannot name a memory: expected ${labels.length} rows of ${width} features`);
  }
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => data.set(row, i * width));
  return {
    features: { dtype: "F32", shape: [rows.length, width], data },
    labels: { dtype: "I32", shape: [rows.length], data: Int32Array.from(labels) },
  };
}

/**
 * Uploads a memory in the form the network takes.
 *
 * @param memory As {@linkcode nameMemory} gives it, or what stands in its place.
 * @param architecture The network it is for.
 * @returns Features, owned by the surrounding scope, and labels; null for a network with a linear head.
 * @throws {TypeError} When the network needs a memory and there is none, or one of another shape.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { memoryValues, nameMemory } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = { head: "cosine", decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2 } as const;
 * assertEquals(memoryValues(nameMemory([Float32Array.of(1, 2)], [1]), architecture)?.labels, [1]);
 * ```
 */
export function memoryValues(memory: StoredMemory | undefined, architecture: Architecture): Memory | null {
  const { head = "linear", classes } = architecture;
  if (head === "linear") return null;
  const { features, labels } = (memory ?? {}) as { features?: StoredTensor; labels?: StoredTensor };
  if (features === undefined || labels === undefined) {
    throw new TypeError(
      `Cannot compare: the ${head} head needs memory.features and memory.labels, the weights lack them`,
    );
  }
  const width = featureCount(architecture);
  const known = Array.from(labels.data);
  if (features.shape[1] !== width || features.shape[0] !== known.length || known.length === 0) {
    throw new TypeError(
      `Cannot compare: expected a memory of ${known.length || 1} × ${width} features, got [${features.shape}]`,
    );
  }
  const wrong = known.find((label) => label < 0 || label >= classes);
  if (wrong !== undefined) {
    throw new TypeError(`Cannot compare: label ${wrong} of the memory is not one of ${classes} classes`);
  }
  return { features: constant(tf.tensor2d(features.data as Float32Array, [known.length, width])), labels: known };
}
