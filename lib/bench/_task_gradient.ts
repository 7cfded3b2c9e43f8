import * as tf from "@tensorflow/tfjs-core";
import { metaGradient, type TaskClips } from "../meta/mod.ts";
import { flattenTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { benchArchitecture, benchObjective, benchTask } from "./_bench_task.ts";
import type { BenchOrder } from "./types.ts";
import { type Workload, WORKLOADS } from "./workloads.ts";
import { initParams } from "../model/mod.ts";
import { createRandom } from "../random/mod.ts";

/** θ of a workload, by path. */
export type BenchTheta =
  readonly (readonly [string, { readonly shape: readonly number[]; readonly data: Float32Array }])[];

/** The workload of an order. */
export function workloadOf({ workload, tasks }: BenchOrder): Workload {
  const sizes = WORKLOADS[workload as keyof typeof WORKLOADS];
  return tasks === undefined ? sizes : { ...sizes, tasks };
}

/** The same θ in every process. */
export function benchParams(order: BenchOrder): Tree<tf.Tensor> {
  return initParams(benchArchitecture(workloadOf(order), order.decoder), createRandom(0));
}

/**
 * Makes what computes the meta-gradient of one task of an order: θ goes up, gradients come back, as in training.
 *
 * @param order What is measured; `meta2` is exact, anything else to first order.
 * @returns Computes the gradient of task `index`; its clips are made once and stay.
 */
export function taskGradients(order: BenchOrder): (theta: BenchTheta, index: number) => Promise<Float32Array[]> {
  const workload = workloadOf(order);
  const tasks = new Map<number, TaskClips>();
  const options = benchObjective(workload, order.decoder, order.what !== "meta2");
  return async (theta, index) => {
    if (!tasks.has(index)) tasks.set(index, benchTask(workload, index));
    const slopes = tf.tidy(() => {
      const params = unflattenTree(
        theta.map(([path, { shape, data }]): [string, tf.Tensor] => [path, tf.tensor(data, [...shape])]),
      );
      return flattenTree(metaGradient(params, tasks.get(index)!, options).params).map(([, tensor]) => tensor);
    });
    const values = await Promise.all(slopes.map((tensor) => tensor.data() as Promise<Float32Array>));
    tf.dispose(slopes);
    return values;
  };
}
