import { ALGORITHMS, type Config, innerRateOf } from "../config/mod.ts";
import { architectureOf, toStored } from "../inference/mod.ts";
import { adam } from "../meta/mod.ts";
import { initParams } from "../model/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { arraysOf, type TrainState } from "./_meta_train.ts";

/** First parameters, read from the backend that drew them. */
async function freshParams(config: Config, classes: number): Promise<Tree<StoredTensor>> {
  const tensors = initParams(architectureOf(config, classes), createRandom(config.seed, "init"));
  try {
    return await toStored(tensors);
  } finally {
    mapTree(tensors, (tensor) => tensor.dispose());
  }
}

/** The state before the first step. */
export async function firstState(config: Config, classes: number): Promise<TrainState> {
  const params = await freshParams(config, classes);
  const { innerScope } = ALGORITHMS[config.algorithm];
  const moving = flattenTree(params).filter(([path]) => innerScope === "all" || path.startsWith("head."));
  const rate = (): StoredTensor => ({ dtype: "F32", shape: [], data: Float32Array.of(innerRateOf(config)) });
  const rates = config.learnInnerRates
    ? unflattenTree(moving.map(([path]): [string, StoredTensor] => [path, rate()]))
    : null;
  const optimizer = adam();
  return {
    step: 0,
    theta: { params, rates },
    moments: { params: optimizer.init(arraysOf(params)), rates: rates && optimizer.init(arraysOf(rates)) },
    history: [],
    selections: [],
  };
}
