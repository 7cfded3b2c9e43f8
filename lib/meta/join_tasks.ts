import { concat } from "../autodiff/mod.ts";
import type { TaskClips } from "./types.ts";

/**
 * Joins tasks of as many support, query and macro clips to be computed together.
 *
 * @param tasks At least one.
 * @returns T tasks one after another, in tensors of their own unless there is only one task.
 * @throws {TypeError} When the tasks differ in their clips' numbers or sizes.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { joinTasks } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const clips = constant(tf.zeros([2, 1, 16, 16, 1]));
 * const task = { support: clips, supportLabels: [0, 1], query: null, queryLabels: [], macro: null };
 * assertEquals(joinTasks([task, task]).support.tensor.shape, [4, 1, 16, 16, 1]);
 * ```
 */
export function joinTasks(tasks: readonly TaskClips[]): TaskClips {
  const shapes = tasks.map((task) =>
    [task.tasks ?? 1, task.support, task.query, task.macro].map((part) =>
      typeof part === "number" ? part : part?.tensor.shape ?? null
    )
  );
  const other = shapes.find((shape) => JSON.stringify(shape) !== JSON.stringify(shapes[0]));
  if (other !== undefined) {
    throw new TypeError(
      `Cannot join tasks: expected one shape, got ${JSON.stringify(shapes[0])} and ${JSON.stringify(other)}`,
    );
  }
  const first = tasks[0]!;
  if (tasks.length === 1) return first;
  return {
    tasks: tasks.length * (first.tasks ?? 1),
    support: concat(tasks.map((task) => task.support), 0),
    supportLabels: tasks.flatMap((task) => task.supportLabels),
    query: first.query && concat(tasks.map((task) => task.query!), 0),
    queryLabels: tasks.flatMap((task) => task.queryLabels),
    macro: first.macro && concat(tasks.map((task) => task.macro!), 0),
  };
}
