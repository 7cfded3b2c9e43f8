import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { metricGradient, type MetricOptions, type TaskClips } from "../../lib/meta/mod.ts";
import { type Architecture, classMemory, forward } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { constants, SMALL } from "../_util/network.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { along, arraysOf, difference, normOf, randomDirection, unit } from "./_differences.ts";
import { meanLoss } from "./_outer_loss.ts";
import { disposeAll, makeTask, smoothParams, UNET } from "./_task.ts";

type Head = "euclidean" | "cosine" | "relation";

/**
 * Heads and normalisations, each with a seed under which no ReLU or pool branch flips within a step, and the largest
 * error: distances and angles of features that are much alike leave less of float32 than logits do. A wrong term shows as
 * 1e-2 or more.
 */
const CASES: readonly (readonly [Head, MetricOptions["norm"], number, number])[] = [
  ["euclidean", "support", 0, 1e-3],
  ["euclidean", "transductive", 7, 1e-3],
  ["cosine", "support", 2, 1e-3],
  ["cosine", "transductive", 0, 1e-3],
  ["relation", "support", 2, 1e-4],
  ["relation", "transductive", 2, 1e-4],
];

/**
 * Smooth parameters whose features lie two standard deviations from zero: raised biases make them all alike, with cosines
 * near 1, and scores that saturate.
 */
function centredParams(architecture: Architecture, task: TaskClips, seed: number): Tree<tf.Tensor> {
  const theta = smoothParams(architecture, seed);
  const moved = tf.tidy(() => {
    const { features } = forward(architecture, constants(theta), task.support, { want: { features: true } });
    const { mean, variance } = tf.moments(features!.tensor, 0);
    const means = tf.split(tf.sub(mean, tf.mul(2, tf.sqrt(variance))), 3);
    const outs = ["primary.out8.b", "primary.out4.b", "primary.out2.b"];
    return mapTree(
      theta,
      (tensor, path) =>
        outs.includes(path)
          ? tf.sub(tensor, means[outs.indexOf(path)]!)
          : path === "relation.out.w"
          ? tf.mul(tensor, 0.1)
          : tensor.clone(),
    ) as unknown as tf.TensorContainerObject;
  }) as unknown as Tree<tf.Tensor>;
  mapTree(theta, (tensor) => tensor.dispose());
  return moved;
}

/** The query loss as a function of θ, in float64 from the logits on. */
function queryLoss(theta: Tree<tf.Tensor>, task: TaskClips, { architecture, norm }: MetricOptions): number {
  return tf.tidy(() => {
    const params = constants(theta);
    const { features, statistics } = forward(architecture, params, task.support, { want: { features: true } });
    const { logits } = forward(architecture, params, task.query!, {
      ...(norm === "support" && { statistics }),
      memory: classMemory(architecture, features!, { labels: task.supportLabels }),
      want: { logits: true },
    });
    const z = logits!.tensor.dataSync() as Float32Array;
    if (architecture.head !== "relation") return meanLoss(z, task.queryLabels);
    const errors = Array.from(z, (value, at) => {
      const n = z.length / task.queryLabels.length;
      const target = at % n === task.queryLabels[Math.floor(at / n)] ? 1 : 0;
      return (1 / (1 + Math.exp(-value)) - target) ** 2;
    });
    return errors.reduce((a, b) => a + b, 0) / task.queryLabels.length;
  });
}

/** The gradient, copied off the device. */
async function slopesOf(theta: Tree<tf.Tensor>, task: TaskClips, options: MetricOptions) {
  const params = tf.tidy(() => {
    const { params } = metricGradient(theta, task, options);
    return params as unknown as tf.TensorContainerObject;
  }) as unknown as Tree<tf.Tensor>;
  const out = await arraysOf(params);
  mapTree(params, (tensor) => tensor.dispose());
  return out;
}

for (const [head, norm, seed, limit] of CASES) {
  onEachBackend(`metricGradient() agrees with central differences: ${head}, ${norm}`, async () => {
    const architecture = { ...UNET, head };
    const options: MetricOptions = { architecture, norm };
    const task = makeTask(architecture, seed);
    const theta = centredParams(architecture, task, seed);
    const slopes = await withTensorCount(() => slopesOf(theta, task, options));
    const norms = normOf(slopes);
    const directions = [unit(slopes), randomDirection(slopes, "first")];
    for (const direction of directions) {
      const expected = await difference(theta, direction, (moved) => queryLoss(moved, task, options), norms, {
        step: 2e-3 * Math.min(1, 4 / norms),
        tolerance: 2 * limit,
      });
      const error = Math.abs(along(slopes, direction) - expected) / norms;
      assert(error < limit, `${along(slopes, direction)}, differences ${expected}`);
    }
    disposeAll(task, theta);
  }, ["cpu", "wasm"]);
}

onEachBackend("metricGradient() gives what cpu gives, and holds no memory", async (backend) => {
  for (const head of ["euclidean", "cosine", "relation"] as const) {
    const architecture = { ...SMALL, head };
    const run = async () => {
      const [task, theta] = [makeTask(architecture, 2), smoothParams(architecture, 2)];
      const slopes = await slopesOf(theta, task, { architecture, norm: "support" });
      disposeAll(task, theta);
      return slopes;
    };
    await chooseBackend("cpu");
    const reference = await run();
    await chooseBackend(backend);
    const got = await withTensorCount(run);
    const gap = Math.sqrt(
      [...got].reduce((sum, [path, a]) => sum + a.reduce((s, x, i) => s + (x - reference.get(path)![i]!) ** 2, 0), 0),
    );
    assert(gap <= 1e-3 * normOf(reference), `${head}: ${gap / normOf(reference)}`);
  }
}, ["wasm", "webgpu"]);

Deno.test("metricGradient() reaches every parameter, and none where there is but one class", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const architecture = { ...SMALL, head: "euclidean" } as const;
    const [task, theta] = [makeTask(architecture), smoothParams(architecture)];
    const slopes = (by: TaskClips) =>
      new Map(
        flattenTree(metricGradient(theta, by, { architecture, norm: "support" }).params)
          .map(([path, tensor]) => [path, Math.hypot(...tensor.dataSync())]),
      );
    // The only class has probability 1, whatever θ is.
    const alone = slopes({ ...task, supportLabels: [1, 1, 1, 1, 1, 1], queryLabels: [1, 1, 1, 1] });
    assertEquals(new Set(alone.values()), new Set([0]));
    const all = slopes(task);
    for (const [path, size] of all) {
      // A bias before a norm cancels up to rounding.
      if (!/^conv\d\.b$/.test(path)) assert(size > 0, path);
    }
  });
});

Deno.test("metricGradient() refuses a task without queries", async () => {
  await chooseBackend("cpu");
  const architecture = { ...SMALL, head: "cosine" } as const;
  const [task, theta] = [makeTask(architecture), smoothParams(architecture)];
  assertThrows(
    () => metricGradient(theta, { ...task, query: null }, { architecture, norm: "support" }),
    TypeError,
    "expected query clips, got none",
  );
  disposeAll(task, theta);
});
