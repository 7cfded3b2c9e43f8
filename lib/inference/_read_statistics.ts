import type * as tf from "@tensorflow/tfjs-core";
import type { BackboneName } from "../model/mod.ts";
import { nameStatistics, type Statistics } from "./statistics.ts";

/** Reads a network's statistics back, `[2, C]` a layer. */
export async function readStatistics(
  statistics: readonly tf.Tensor[],
  backbone: BackboneName,
): Promise<Statistics> {
  return nameStatistics(
    await Promise.all(statistics.map(async (tensor) => ({
      channels: tensor.shape[1]!,
      data: await tensor.data() as Float32Array,
    }))),
    backbone,
  );
}
