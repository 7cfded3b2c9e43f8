import type * as tf from "@tensorflow/tfjs-core";
import { constant, type Value } from "../autodiff/mod.ts";
import { type ClipWork, joinTasks, metaGradient, type TaskClips } from "../meta/mod.ts";
import { flattenTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { benchArchitecture, benchObjective, benchTask } from "./_bench_task.ts";
import type { BenchOrder } from "./types.ts";
import { type Workload, WORKLOADS } from "./workloads.ts";
import { initParams } from "../model/mod.ts";
import { createRandom } from "../random/mod.ts";
import { type ComputeInput, createComputer } from "../runtime/mod.ts";

/** θ of a workload, by path. */
export type BenchTheta = readonly (readonly [string, ComputeInput])[];

/** The workload of an order. */
export function workloadOf({ workload, ...order }: BenchOrder): Workload {
  const sizes = WORKLOADS[workload as keyof typeof WORKLOADS];
  const { tasks = sizes.tasks, frames = sizes.frames, size = sizes.size } = order;
  return { ...sizes, tasks, frames, size };
}

/** The same θ in every process. */
export function benchParams(order: BenchOrder): Tree<tf.Tensor> {
  return initParams(benchArchitecture(workloadOf(order), order.decoder), createRandom(0));
}

/** What one task of an order computes. */
export function taskWork(order: BenchOrder): ClipWork {
  const { ways, shots, queries, macro } = workloadOf(order);
  const clips = { support: ways * shots, query: ways * queries, macro };
  return { ...clips, innerSteps: 1, order: order.what === "meta2" ? 2 : 1 };
}

/**
 * Makes what computes the meta-gradients of tasks of an order: θ goes up, gradients come back, as in training.
 *
 * @param order What is measured; `meta2` is exact, anything else to first order.
 * @returns Computes the sum of the gradients of some tasks, together; their clips are made once and stay.
 */
export function taskGradients(order: BenchOrder): (theta: BenchTheta, indices: readonly number[]) => Promise<Sums> {
  const workload = workloadOf(order);
  const tasks = new Map<string, TaskClips>();
  const options = benchObjective(workload, order.decoder, order.what !== "meta2");
  const { compute } = createComputer();
  return async (theta, indices) => {
    const name = String(indices);
    if (!tasks.has(name)) tasks.set(name, joinTasks(indices.map((index) => benchTask(workload, index))));
    const task = tasks.get(name)!;
    const clips = [task.support, task.query!, task.macro!].map(({ tensor }) => ({ shape: tensor.shape, data: tensor }));
    const inputs = [...theta.map(([, input]) => input), ...clips];
    const values = await compute(String(indices.length), inputs, (tensors) => {
      const params = unflattenTree(theta.map(([path], i): [string, tf.Tensor] => [path, tensors[i]!]));
      const [support, query, macro] = tensors.slice(theta.length).map(constant) as [Value, Value, Value];
      return flattenTree(metaGradient(params, { ...task, support, query, macro }, options).params)
        .map(([, tensor]) => tensor);
    });
    return sumOf(
      indices.map((_, i) =>
        values.map((all) => all.subarray(i * all.length / indices.length, (i + 1) * all.length / indices.length))
      ),
    );
  };
}

/** Gradients added up, an array a parameter. */
export type Sums = readonly Float32Array[];

/** Adds gradients up. */
export function sumOf(all: readonly Sums[]): Sums {
  return all.reduce((sums, slopes) => sums.map((sum, i) => sum.map((value, k) => value + slopes[i]![k]!)));
}
