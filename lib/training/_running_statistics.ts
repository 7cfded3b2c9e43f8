import type { Config } from "../config/mod.ts";
import type { ClipSet } from "../data/mod.ts";
import { nameStatistics, type Statistics } from "../inference/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { JobRunner, Theta } from "./_jobs.ts";
import { microClips } from "./_micro_clips.ts";

/** Clips a batch, about: a set is cut into equal parts of up to half as many more. */
export const STATISTICS_BATCH = 32;

/**
 * Running statistics of θ: one pass over all micro clips of the training subjects, in mixed batches; a layer's variance is
 * the mean of the batches' variances plus the variance of their means.
 */
export async function runningStatistics(
  runner: JobRunner,
  theta: Theta,
  set: ClipSet,
  subjects: readonly number[],
  seed: number,
  backbone: Config["backbone"] = "conv4",
): Promise<Statistics> {
  const order = createRandom(seed, "statistics").shuffle(microClips(set, subjects));
  const batches = Math.max(1, Math.round(order.length / STATISTICS_BATCH));
  const results = await runner.run<"statistics">(Array.from({ length: batches }, (_, k) => ({
    kind: "statistics" as const,
    theta,
    clips: order.slice(Math.floor(k * order.length / batches), Math.floor((k + 1) * order.length / batches)),
  })));
  const total = order.length;
  return nameStatistics(
    results[0]!.layers.map(({ channels }, layer) => {
      const data = new Float32Array(2 * channels);
      for (let c = 0; c < channels; c++) {
        let mean = 0;
        let square = 0;
        for (const { clips, layers } of results) {
          const m = layers[layer]!.data[c]!;
          mean += clips / total * m;
          square += clips / total * (layers[layer]!.data[channels + c]! + m * m);
        }
        data[c] = mean;
        data[channels + c] = Math.max(0, square - mean * mean);
      }
      return { channels, data };
    }),
    backbone,
  );
}
