import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../lib/autodiff/mod.ts";
import type { InnerOptions, MetaOptions, TaskClips } from "../../lib/meta/mod.ts";
import type { Architecture } from "../../lib/model/mod.ts";
import { mapTree, type Tree } from "../../lib/tree/mod.ts";
import { SMALL, smoothClips, trainedParams } from "../_util/network.ts";

/** Two frames of 16×16, three channels, three classes. */
export const UNET = { ...SMALL, decoder: "unet" } as const;

/** The paper's inner objective, on a small network. */
export function innerOptions(architecture: Architecture, changes: Partial<InnerOptions> = {}): InnerOptions {
  return {
    architecture,
    alpha: 0.02,
    innerSteps: 1,
    firstOrder: false,
    lambda1: 0.55,
    lambda2: 0.45,
    aux: "mmd",
    sigma: 1,
    ...changes,
  };
}

/** {@linkcode innerOptions} and the outer objective. */
export function metaOptions(architecture: Architecture, changes: Partial<MetaOptions> = {}): MetaOptions {
  return { ...innerOptions(architecture), norm: "support", ...changes };
}

/** Six support, four query and three macro clips of 16×16, of all classes. */
export function makeTask(architecture: Architecture, seed = 0): TaskClips {
  const clips = (count: number, part: string) => constant(smoothClips(count, architecture, 16, `task ${seed} ${part}`));
  return {
    support: clips(6, "support"),
    supportLabels: [0, 0, 1, 1, 2, 2],
    query: clips(4, "query"),
    queryLabels: [0, 1, 2, 2],
    macro: clips(3, "macro"),
  };
}

/**
 * Parameters under which a small step crosses no ReLU: β and the biases before one are raised by 4, four standard
 * deviations of what the norm lets through.
 */
export function smoothParams(architecture: Architecture, seed = 0): Tree<tf.Tensor> {
  return mapTree(trainedParams(architecture, seed), (tensor, path) => {
    if (!/(beta|temporal\.b|up\d\.b|encoder\.b|hidden\.b)$/.test(path)) return tensor;
    const raised = tf.add(tensor, 4);
    tensor.dispose();
    return raised;
  });
}

/** Frees a task and its parameters. */
export function disposeAll(task: TaskClips, ...trees: readonly Tree<tf.Tensor>[]): void {
  tf.dispose([task.support, task.query, task.macro].flatMap((value) => value === null ? [] : [value.tensor]));
  for (const tree of trees) mapTree(tree, (tensor) => tensor.dispose());
}
