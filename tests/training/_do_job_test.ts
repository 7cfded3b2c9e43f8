import { assert, assertEquals, assertNotEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant, gradients, type Value, variable } from "../../lib/autodiff/mod.ts";
import type { Config, ConfigInput } from "../../lib/config/mod.ts";
import { type ClipSet, gatherClips, toModelInput } from "../../lib/data/mod.ts";
import { architectureOf, toStored } from "../../lib/inference/mod.ts";
import { innerLoop } from "../../lib/meta/mod.ts";
import { crossEntropy, forward, mmd2 } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { doJob } from "../../lib/training/_do_job.ts";
import type { GradientResult } from "../../lib/training/_jobs.ts";
import { smoothParams } from "../meta/_task.ts";
import { pictureSet, tinyConfig } from "../study/_util/tiny_study.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { smoothValues } from "../_util/network.ts";
import { derivativeAtZero, dot, numbers, relativeError } from "../_util/numbers.ts";

await chooseBackend("cpu");

const MICRO = [0, 1, 2, 3, 4, 5];
const MACRO = [6, 7, 8, 9];

/** Six micro and four macro clips of two classes, smooth as pictures are. */
const SET: ClipSet = (() => {
  const set = pictureSet([
    ["a/1", "calm", 3, "micro"],
    ["a/1", "glad", 3, "micro"],
    ["a/1", "calm", 2, "macro"],
    ["a/1", "glad", 2, "macro"],
  ]);
  const architecture = architectureOf(multitask(), 2);
  const values = smoothValues(set.ids.length, architecture, 16, "multitask");
  // Equal neighbours would be ties of the pooling, where the loss has no derivative.
  const noise = numbers(values.length, "multitask noise", "unit");
  return { ...set, clips: Uint8Array.from(values, (value, i) => 20 + 210 * value + 12 * noise[i]!) };
})();

function multitask(changes: ConfigInput = {}): Config {
  return tinyConfig({ algorithm: "multitask", macro: "data", sigma: 0.1, channels: 3, ...changes });
}

/** The gradient that a supervised job gives at θ. */
async function gradientOf(config: Config, params: Tree<tf.Tensor>, macro = MACRO): Promise<GradientResult> {
  const theta = { params: await toStored(params), rates: null };
  return await doJob<"supervised">({ config, set: SET }, {
    kind: "supervised",
    theta,
    clips: MICRO,
    macro,
    flipped: [],
  });
}

function clipsOf(indices: readonly number[]): Value {
  return constant(tf.tensor(toModelInput(gatherClips(SET, indices), SET.recipe), [indices.length, 1, 16, 16, 1]));
}

const LABELS = MICRO.map((index) => SET.labels[index]!);

const normOf = (arrays: ReadonlyMap<string, Float32Array>) =>
  Math.sqrt([...arrays.values()].reduce((sum, one) => sum + dot(one, one), 0));

/** The gradient of the first inner step's objective, on the same clips. */
function innerGradient(config: Config, params: Tree<tf.Tensor>): [string, Float32Array][] {
  return tf.tidy(() => {
    const start = mapTree(params, variable);
    const task = {
      support: clipsOf(MICRO),
      supportLabels: LABELS,
      macro: clipsOf(MACRO),
      query: null,
      queryLabels: [],
    };
    const { lambda1, lambda2, sigma, aux } = config;
    const { loss } = innerLoop(start, task, {
      architecture: architectureOf(config, 2),
      ...{ alpha: 1, lambda1, lambda2, sigma, aux, innerSteps: 0, firstOrder: true },
    });
    const leaves = flattenTree(start);
    const slopes = gradients(loss, leaves.map(([, value]) => value));
    return leaves.map((
      [path],
      i,
    ): [string, Float32Array] => [path, slopes[i]!.tensor.dataSync() as Float32Array]) as unknown as tf.TensorContainer;
  }) as unknown as [string, Float32Array][];
}

/** λ1 L_pri + λ2 Σ MMD² at θ, put together from the model's own parts. */
function lossAt(config: Config, params: Tree<tf.Tensor>): number {
  return tf.tidy(() => {
    const architecture = architectureOf(config, 2);
    const constants = mapTree(params, constant);
    const micro = forward(architecture, constants, clipsOf(MICRO), { want: { logits: true, auxiliary: true } });
    const macro = forward(architecture, constants, clipsOf(MACRO), { want: { auxiliary: true } });
    const { sigma, lambda1, lambda2 } = config;
    const auxiliary = micro.auxiliary.map((value, i) =>
      mmd2(value, macro.auxiliary[i]!, { sigma, crossOnly: false }).tensor.dataSync()[0]!
    );
    return lambda1 * crossEntropy(micro.logits!, LABELS, {}).tensor.dataSync()[0]! +
      lambda2 * auxiliary.reduce((a, b) => a + b, 0);
  });
}

/** d loss(θ + t·direction) / dt at 0. */
function slopeAlong(config: Config, params: Tree<tf.Tensor>, direction: ReadonlyMap<string, Float32Array>, h: number) {
  return derivativeAtZero((t) => {
    const moved = mapTree(params, (tensor, path) => {
      const d = direction.get(path)!;
      return tf.tensor((tensor.dataSync() as Float32Array).map((value, i) => value + t * d[i]!), tensor.shape);
    });
    const loss = lossAt(config, moved);
    mapTree(moved, (tensor) => tensor.dispose());
    return loss;
  }, h);
}

Deno.test("the multitask job gives the slope of λ1 L_pri + λ2 L_aux", async () => {
  const config = multitask();
  const params = smoothParams(architectureOf(config, 2));
  const gradient = new Map(flattenTree((await gradientOf(config, params)).params));
  const norm = normOf(gradient);
  const random = new Map(flattenTree(params).map(([path, one]) => [path, numbers(one.size, `direction ${path}`)]));
  for (const direction of [gradient, random]) {
    const length = normOf(direction);
    const unit = new Map([...direction].map(([path, one]) => [path, one.map((value) => value / length)]));
    const analytic = [...gradient].reduce((sum, [path, one]) => sum + dot(one, unit.get(path)!), 0);
    const numeric = await slopeAlong(config, params, unit, 2e-3);
    assert(Math.abs(analytic - numeric) < 2e-3 * norm, `${analytic} against ${numeric}, norm ${norm}`);
  }
  mapTree(params, (tensor) => tensor.dispose());
});

for (const [lambda1, lambda2, aux] of [[0.55, 0.45, "mmd"], [0, 1, "mmd"], [0, 1, "cross-kernel"]] as const) {
  Deno.test(`the multitask job descends what the inner step descends: λ1 ${lambda1}, λ2 ${lambda2}, ${aux}`, async () => {
    const config = multitask({ lambda1, lambda2, aux });
    const params = smoothParams(architectureOf(config, 2));
    const gradient = flattenTree((await gradientOf(config, params)).params);
    const inner = innerGradient(config, params);
    assert(normOf(new Map(inner)) > 1e-3);
    for (const [i, [path, slope]] of inner.entries()) {
      assertEquals(gradient[i]![0], path);
      assert(relativeError(gradient[i]![1], slope, 1e-4) < 1e-5, path);
    }
    mapTree(params, (tensor) => tensor.dispose());
  });
}

Deno.test("the multitask job without λ2 is the supervised job to the bit", async () => {
  const params = smoothParams(architectureOf(multitask(), 2));
  const plain = await gradientOf(multitask({ algorithm: "supervised" }), params, []);
  assertEquals(await gradientOf(multitask({ lambda1: 1, lambda2: 0 }), params), plain);
  assertEquals(await gradientOf(multitask({ macro: "none" }), params), plain);
  // Without macro clips among the training subjects there is nothing to guide.
  assertEquals(await gradientOf(multitask(), params, []), plain);
  const guided = await gradientOf(multitask(), params);
  assertNotEquals(guided.params, plain.params);
  assertEquals([guided.loss, guided.accuracy], [plain.loss, plain.accuracy], "what is shown is the primary loss");
  mapTree(params, (tensor) => tensor.dispose());
});

Deno.test("the multitask job frees its tensors", async () => {
  const params = smoothParams(architectureOf(multitask(), 2));
  await withTensorCount(() => gradientOf(multitask(), params));
  mapTree(params, (tensor) => tensor.dispose());
});
