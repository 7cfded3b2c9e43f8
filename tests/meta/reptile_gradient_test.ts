import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant, variable } from "../../lib/autodiff/mod.ts";
import { innerLoop, reptileGradient, type TaskClips } from "../../lib/meta/mod.ts";
import { forward } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { constants, leafAt, SMALL, trainedParams } from "../_util/network.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { along, arraysOf, difference, normOf, unit } from "./_differences.ts";
import { meanLoss } from "./_outer_loss.ts";
import { disposeAll, makeTask, metaOptions, smoothParams, UNET } from "./_task.ts";

/** All clips of a task as one support set. */
function joined(task: TaskClips): TaskClips {
  return {
    support: constant(tf.concat([task.support.tensor, task.query!.tensor], 0)),
    supportLabels: [...task.supportLabels, ...task.queryLabels],
    query: null,
    queryLabels: [],
    macro: null,
  };
}

onEachBackend("reptileGradient() is (θ − θ_k) / (α k) after k plain steps on all clips, to the bit", async () => {
  const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
  const options = metaOptions(SMALL, { alpha: 0.03, innerSteps: 3 });
  const [ours, expected] = tf.tidy(() => {
    const { params } = reptileGradient(theta, task, options);
    const plain = { ...options, firstOrder: true, lambda1: 1, lambda2: 0 };
    const end = innerLoop(mapTree(theta, variable), joined(task), plain).params;
    const by = mapTree(theta, (tensor, path) => tf.div(tf.sub(tensor, leafAt(end, path).tensor), 0.03 * 3));
    return [params, by] as unknown as tf.TensorContainer[];
  }) as unknown as [Tree<tf.Tensor>, Tree<tf.Tensor>];
  assertEquals(await arraysOf(ours), await arraysOf(expected));
  disposeAll(task, theta, ours, expected);
});

for (const backend of ["cpu", "wasm"] as const) {
  Deno.test(`reptileGradient() of one step agrees with central differences of the joint loss: ${backend}`, async () => {
    await chooseBackend(backend);
    const architecture = backend === "cpu" ? SMALL : UNET;
    const [task, theta] = [makeTask(architecture, 2), smoothParams(architecture, 2)];
    const options = metaOptions(architecture, { alpha: 0.05, innerSteps: 1 });
    const slopes = await withTensorCount(async () => {
      const params = tf.tidy(() =>
        reptileGradient(theta, task, options).params as unknown as tf.TensorContainerObject
      ) as unknown as Tree<tf.Tensor>;
      const out = await arraysOf(params);
      mapTree(params, (tensor) => tensor.dispose());
      return out;
    });
    const norm = normOf(slopes);
    const all = joined(task);
    const expected = await difference(theta, unit(slopes), (moved) =>
      tf.tidy(() => {
        const { logits } = forward(architecture, constants(moved), all.support, { want: { logits: true } });
        return meanLoss(logits!.tensor.dataSync() as Float32Array, all.supportLabels);
      }), norm);
    // θ is rounded before the difference is divided by α: some 1e-6 of θ's norm.
    const error = Math.abs(along(slopes, unit(slopes)) - expected) / norm;
    assert(error < 2e-4, `${along(slopes, unit(slopes))}, differences ${expected}`);
    disposeAll(task, theta);
    all.support.tensor.dispose();
  });
}

Deno.test("reptileGradient() takes neither macro clips nor rates, and reports the queries at θ_k", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
    const options = metaOptions(SMALL, { innerSteps: 2 });
    const { params, rates, adapted, queryLogits } = reptileGradient(theta, task, options);
    const without = reptileGradient(theta, { ...task, macro: null }, { ...options, lambda2: 0, lambda1: 1 });
    assertEquals(rates, null);
    const all = (tree: Tree<tf.Tensor>) => flattenTree(tree).map(([, tensor]) => tensor.dataSync());
    assertEquals(all(params), all(without.params));
    const { statistics } = forward(SMALL, constants(adapted), task.support, { want: {} });
    const { logits } = forward(SMALL, constants(adapted), task.query!, { statistics });
    assertEquals(queryLogits.dataSync(), logits!.tensor.dataSync());
  });
});

Deno.test("reptileGradient() refuses no steps, and a task without queries", async () => {
  await chooseBackend("cpu");
  const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
  const run = (by: TaskClips, innerSteps: number) => () =>
    reptileGradient(theta, by, metaOptions(SMALL, { innerSteps }));
  assertThrows(run(task, 0), RangeError, "Cannot take Reptile's direction: expected inner steps, got 0");
  assertThrows(run({ ...task, query: null }, 1), TypeError, "expected query clips, got none");
  disposeAll(task, theta);
});
