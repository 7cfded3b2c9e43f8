import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../autodiff/mod.ts";
import { makeConfig } from "../config/mod.ts";
import { type ModelCard, nameStatistics, recipeOf, toStored, type Weights } from "../inference/mod.ts";
import { forward } from "../model/mod.ts";
import { mapTree } from "../tree/mod.ts";
import { benchArchitecture, benchClips } from "./_bench_task.ts";
import { benchParams, workloadOf } from "./_task_gradient.ts";
import type { BenchOrder } from "./types.ts";

/**
 * An untrained model of a workload as the functions load it: its statistics are those of a few clips of noise.
 *
 * @param order The workload and decoder.
 * @returns Weights and card.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chooseBackend } from "../runtime/mod.ts";
 * import { benchModel } from "./mod.ts";
 * await chooseBackend("wasm");
 * const { card } = await benchModel({ what: "predict", workload: "tiny", decoder: "none", repeats: 1 });
 * assertEquals(card.recipe.size, 32);
 * ```
 */
export async function benchModel(order: BenchOrder): Promise<{ weights: Weights; card: ModelCard }> {
  const workload = workloadOf(order);
  const { channels, frames, size, ways } = workload;
  const config = makeConfig({
    flags: { channels, frames, size, inputChannels: 3, input: "frames", decoder: order.decoder },
  });
  const architecture = benchArchitecture(workload, order.decoder);
  const params = benchParams(order);
  const statistics = tf.tidy(() =>
    forward(architecture, mapTree(params, constant), constant(benchClips(workload, 4, "statistics")), { want: {} })
      .statistics.map(({ tensor }) => tensor)
  );
  const rows = await Promise.all(
    statistics.map(async (tensor) => ({ channels: tensor.shape[1]!, data: await tensor.data() as Float32Array })),
  );
  const weights = { params: await toStored(params), stats: nameStatistics(rows, config.backbone) };
  mapTree(params, (tensor) => tensor.dispose());
  tf.dispose(statistics);
  const card = {
    formatVersion: 1,
    name: "bench",
    config,
    classes: Array.from({ length: ways }, (_, i) => `class ${i}`),
    recipe: recipeOf(config),
    metrics: {},
    provenance: {},
    parameters: 0,
    bytes: 0,
  } as const;
  return { weights, card };
}
