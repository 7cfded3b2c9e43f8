import * as tf from "@tensorflow/tfjs-core";
import { constant, matMul, type Value } from "../autodiff/mod.ts";
import type { Architecture, Memory } from "./types.ts";

/** Options of {@linkcode classMemory}. */
export interface ClassMemoryOptions {
  /** B class indices. */
  readonly labels: readonly number[];
}

/**
 * What a metric head remembers of labelled clips: c_k = mean of the features of class k (`euclidean`, `relation`), or
 * the clips themselves (`cosine`).
 *
 * @param architecture Its head.
 * @param features `[B, F]`, as `forward` gives them.
 * @param options Labels.
 * @returns Class means in ascending order of the classes there are, or all B clips. Gradients flow through them.
 * @throws {TypeError} When there is not one label a clip.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { classMemory } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const architecture = { head: "euclidean", decoder: "none", channels: 1, frames: 1, inputChannels: 1, classes: 3 } as const;
 * const features = constant(tf.tensor2d([[1], [2], [3]]));
 * const memory = classMemory(architecture, features, { labels: [2, 0, 2] });
 * assertEquals([[...memory.features.tensor.dataSync()], memory.labels], [[2, 2], [0, 2]]);
 * ```
 *
 * Source: Snell et al., Prototypical Networks (2017), Eq. 1; Vinyals et al., Matching Networks (2016).
 */
export function classMemory(architecture: Architecture, features: Value, { labels }: ClassMemoryOptions): Memory {
  const b = features.tensor.shape[0]!;
  if (labels.length !== b) throw new TypeError(`Cannot remember clips: expected ${b} labels, got ${labels.length}`);
  if (architecture.head === "cosine") return { features, labels };
  const classes = [...new Set(labels)].sort((x, y) => x - y);
  const counts = new Map(classes.map((k) => [k, labels.filter((label) => label === k).length]));
  const share = classes.flatMap((k) => labels.map((label) => label === k ? 1 / counts.get(k)! : 0));
  return { features: matMul(constant(tf.tensor2d(share, [classes.length, b])), features), labels: classes }; // [S, F]
}
