import * as tf from "@tensorflow/tfjs-core";
import { ALGORITHMS, type Config } from "../config/mod.ts";
import type { ClipSet } from "../data/mod.ts";
import type { ModelCard, Weights } from "../inference/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, type Tree } from "../tree/mod.ts";
import { baseMemory } from "./_base_memory.ts";
import { classNames } from "./class_names.ts";
import type { JobRunner, Theta } from "./_jobs.ts";
import { runningStatistics } from "./_running_statistics.ts";

/** Parameters and bytes of a network, for the model card. */
function sizeOf(params: Tree<StoredTensor>): { parameters: number; bytes: number } {
  const parameters = flattenTree(params).reduce((sum, [, tensor]) => sum + tensor.data.length, 0);
  return { parameters, bytes: 4 * parameters };
}

/**
 * Makes a trained θ whole: running statistics and, for a network that compares, class means over the training
 * subjects, and the card, metrics still empty.
 */
export async function finishTraining(
  runner: JobRunner,
  config: Config,
  set: ClipSet,
  train: readonly number[],
  theta: Theta,
  { name, provenance }: { readonly name: string; readonly provenance: Readonly<Record<string, string>> },
): Promise<{ weights: Weights; card: ModelCard }> {
  const { params, rates } = theta;
  const stats = await runningStatistics(runner, theta, set, train, config.seed, config.backbone);
  const memory = ALGORITHMS[config.algorithm].training === "metric"
    ? await baseMemory(runner, { theta, stats }, set, train, classNames(config, set).length)
    : null;
  return {
    weights: { params, stats, ...(rates && { rates }), ...(memory && { memory }) },
    card: {
      formatVersion: 1,
      name,
      config,
      classes: classNames(config, set),
      recipe: set.recipe,
      metrics: {},
      provenance: { backend: tf.getBackend(), ...provenance },
      ...sizeOf(params),
    },
  };
}
