import * as tf from "@tensorflow/tfjs-core";

/** An array of all tasks one after another, and the shape that one task's part has. */
export type TaskParts = readonly [all: tf.Tensor, part: readonly number[]];

/** Does T tasks one by one, for backends whose kernels take one, and joins the results along an axis. */
export function eachTask(
  tasks: number,
  arrays: readonly TaskParts[],
  axis: number,
  kernel: (...parts: tf.Tensor[]) => tf.Tensor,
): tf.Tensor {
  return tf.tidy(() => {
    const rows = arrays.map(([all]) => tf.reshape(all, [tasks, all.size / tasks]));
    const results = Array.from(
      { length: tasks },
      (_, task) =>
        kernel(
          ...rows.map((row, i) => tf.reshape(tf.slice(row, [task, 0], [1, row.shape[1]!]), arrays[i]![1] as number[])),
        ),
    );
    return tf.concat(results, axis);
  });
}
