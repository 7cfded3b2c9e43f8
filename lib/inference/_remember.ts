import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../autodiff/mod.ts";
import { classMemory, forward } from "../model/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { mapTree, type Tree } from "../tree/mod.ts";
import { completeMemory } from "./_complete_memory.ts";
import { readStatistics } from "./_read_statistics.ts";
import { architectureOf } from "./architecture_of.ts";
import { nameMemory, type StoredMemory } from "./memory.ts";
import { supportNormOf } from "./_support_norm_of.ts";
import { toTensors } from "./tensors.ts";
import type { ModelCard, Weights } from "./types.ts";

/** Calibrates a network that compares: θ as it is, with a person's own statistics and memory. No gradient is taken. */
export async function remember(
  base: Weights,
  card: ModelCard,
  /** Uploads the micro clips, `[B, M, H, W, C]`. */
  upload: () => tf.Tensor,
  labels: readonly number[],
): Promise<Weights> {
  const architecture = architectureOf(card.config, card.classes.length);
  const stored = base as { params: Tree<StoredTensor>; memory: StoredMemory };
  const { features, known, statistics } = tf.tidy(() => {
    const params = mapTree(toTensors(stored.params), constant);
    const support = forward(architecture, params, constant(upload()), {
      ...supportNormOf(base, card, labels.length),
      want: { features: true },
    });
    const memory = classMemory(architecture, support.features!, { labels });
    return {
      features: memory.features.tensor,
      known: memory.labels,
      statistics: support.statistics.map((value) => value.tensor),
    } as unknown as tf.TensorContainer;
  }) as unknown as { features: tf.Tensor; known: readonly number[]; statistics: tf.Tensor[] };
  try {
    const data = await features.data() as Float32Array;
    const width = features.shape[1]!;
    const own = nameMemory(known.map((_, i) => data.slice(i * width, (i + 1) * width)), known);
    return {
      params: stored.params,
      stats: await readStatistics(statistics, card.config.backbone),
      memory: completeMemory(own, stored.memory),
    };
  } finally {
    tf.dispose([features, ...statistics]);
  }
}
