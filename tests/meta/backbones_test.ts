import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { adam, metaGradient, type MetaOptions } from "../../lib/meta/mod.ts";
import type { BackboneName } from "../../lib/model/mod.ts";
import { initParams } from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { SMALL, wellConditioned } from "../_util/network.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { along, difference, DIFFERENCE_TOLERANCE, normOf, randomDirection, slopesOf, unit } from "./_differences.ts";
import { assertAsOnCpu } from "./_as_on_cpu.ts";
import { outerLoss } from "./_outer_loss.ts";
import { disposeAll, makeTask, metaOptions, smoothParams } from "./_task.ts";

const NAMES = ["resnet", "vgg19", "densenet"] as const;

const network = (backbone: BackboneName, decoder: "none" | "unet") => ({ ...SMALL, backbone, decoder, channels: 2 });

/** Seeds under which no ReLU or pool branch flips within a step: the two stencils of every direction agree. */
const SEEDS = { resnet: 5, vgg19: 3, densenet: 4 } as const;

/** Objectives through which the gradient is followed. */
const OBJECTIVES: Readonly<Record<string, { decoder: "none" | "unet"; changes?: Partial<MetaOptions> }>> = {
  "unet, λ2 > 0, support statistics": { decoder: "unet" },
  "unet, no auxiliary loss, transductive": {
    decoder: "unet",
    changes: { lambda1: 1, lambda2: 0, norm: "transductive" },
  },
};

for (const name of NAMES) {
  const seed = SEEDS[name];
  for (const [what, { decoder, changes = {} }] of Object.entries(OBJECTIVES)) {
    const architecture = network(name, decoder);
    const options = metaOptions(architecture, changes);
    onEachBackend(`metaGradient() through ${name} agrees with central differences: ${what}`, async () => {
      const [task, theta] = [makeTask(architecture, seed), wellConditioned(smoothParams(architecture, seed))];
      const { params } = await withTensorCount(() => slopesOf(theta, task, options));
      const norm = normOf(params);
      for (const [i, direction] of [unit(params), randomDirection(params, "first")].entries()) {
        const expected = await difference(theta, direction, (moved) => outerLoss(moved, task, options), norm);
        const error = Math.abs(along(params, direction) - expected) / norm;
        assert(error < DIFFERENCE_TOLERANCE, `direction ${i}: ${along(params, direction)}, differences ${expected}`);
      }
      const first = (await slopesOf(theta, task, { ...options, firstOrder: true })).params;
      const gap = Math.sqrt([...params].reduce((sum, [path, array]) => {
        const other = first.get(path)!;
        return sum + array.reduce((s, value, k) => s + (value - other[k]!) ** 2, 0);
      }, 0));
      assert(gap > 100 * DIFFERENCE_TOLERANCE * norm, `first and second order differ by ${gap / norm} only`);
      disposeAll(task, theta);
    }, changes.norm === undefined ? ["cpu", "wasm"] : ["wasm"]);
  }

  onEachBackend(`metaGradient() through ${name} gives what cpu gives`, async (backend) => {
    const architecture = network(name, "unet");
    await assertAsOnCpu(backend, async () => {
      const [task, theta] = [makeTask(architecture, seed), wellConditioned(smoothParams(architecture, seed))];
      const slopes = await slopesOf(theta, task, metaOptions(architecture));
      disposeAll(task, theta);
      return slopes.params;
    });
  }, ["wasm", "webgpu"]);

  Deno.test(`outer steps on ${name} let the loss fall, at the default α and β`, async () => {
    await chooseBackend("wasm");
    const architecture = { ...network(name, "unet"), channels: 4 };
    const options = metaOptions(architecture, { alpha: 0.2, sigma: "median" });
    const task = makeTask(architecture);
    const start = initParams(architecture, createRandom(0, "init"));
    const shapes = new Map(flattenTree(start).map(([path, { shape }]) => [path, shape]));
    let theta: Tree<Float32Array> = mapTree(start, (tensor) => tensor.dataSync() as Float32Array);
    mapTree(start, (tensor) => tensor.dispose());
    const optimizer = adam();
    let state = optimizer.init(theta);
    const losses: number[] = [];
    for (let step = 0; step < 12; step++) {
      await withTensorCount(() =>
        tf.tidy(() => {
          const tensors = mapTree(theta, (array, path) => tf.tensor(array, shapes.get(path)!));
          const { params, queryLoss } = metaGradient(tensors, task, options);
          losses.push(queryLoss.dataSync()[0]!);
          const gradient = mapTree(params, (tensor) => tensor.dataSync() as Float32Array);
          ({ params: theta, state } = optimizer.update(gradient, state, theta, 3e-3));
        })
      );
    }
    assert(losses.every(Number.isFinite), `${losses}`);
    const mean = (part: readonly number[]) => part.reduce((a, b) => a + b) / part.length;
    assert(mean(losses.slice(-3)) < mean(losses.slice(0, 3)), `${losses}`);
    assertEquals(flattenTree(theta).length, shapes.size);
    disposeAll(task);
  });
}
