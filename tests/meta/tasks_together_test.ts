import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { innerLoop, joinTasks, metaGradient, type MetaOptions, metricGradient } from "../../lib/meta/mod.ts";
import type { Architecture } from "../../lib/model/mod.ts";
import { type BackendName, chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { constants, SMALL, trainedParams } from "../_util/network.ts";
import { relativeError } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { tolerance } from "../_util/tolerance.ts";
import { disposeAll, makeTask, metaOptions, UNET } from "./_task.ts";

interface Objective {
  readonly architecture: Architecture;
  readonly changes?: Partial<MetaOptions>;
  /** With learned inner rates. */
  readonly rates?: true;
  /** Where it is compared beside wasm; a software adapter takes seconds for each. */
  readonly backends?: readonly BackendName[];
}

/** Everything that a sum over clips or a parameter of each task's own could get wrong. */
const OBJECTIVES: Readonly<Record<string, Objective>> = {
  "exact": { architecture: SMALL, backends: ["cpu", "webgpu"] },
  "to first order": { architecture: SMALL, changes: { firstOrder: true } },
  "the head alone": { architecture: SMALL, changes: { innerScope: "head", alpha: 0.2, lambda1: 1, lambda2: 0 } },
  "two weighed steps at learned rates": {
    architecture: SMALL,
    changes: { innerSteps: 2, stepWeights: [0.4, 0.6] },
    rates: true,
    backends: ["webgpu"],
  },
  "unet, median width": { architecture: UNET, changes: { sigma: "median" }, backends: ["webgpu"] },
  "transductive, cross-kernel": { architecture: SMALL, changes: { norm: "transductive", aux: "cross-kernel" } },
  "class weights": { architecture: SMALL, changes: { classWeights: [0.5, 1, 3] } },
  "single frames, no macro loss": { architecture: { ...SMALL, frames: 1 }, changes: { lambda2: 0 } },
  "resnet": { architecture: { ...SMALL, backbone: "resnet" } },
  "densenet": { architecture: { ...SMALL, backbone: "densenet" } },
  "vgg19": { architecture: { ...SMALL, backbone: "vgg19" } },
};

/** Tasks that differ in clips and labels, so that their weights and losses differ. */
function makeTasks(architecture: Architecture) {
  const second = { ...makeTask(architecture, 1), supportLabels: [1, 0, 2, 2, 1, 0], queryLabels: [1, 1, 0, 2] };
  return [makeTask(architecture, 0), second, makeTask(architecture, 2)];
}

type Arrays = ReadonlyMap<string, Float32Array>;

/** Every tensor of the result, by name. */
async function gradientOf(
  theta: Tree<tf.Tensor>,
  task: ReturnType<typeof joinTasks>,
  options: MetaOptions,
  rates?: Tree<tf.Tensor>,
): Promise<Arrays> {
  const out = tf.tidy(() => {
    const result = metaGradient(theta, task, options, rates);
    const named = (prefix: string, tree: Tree<tf.Tensor> | null) =>
      tree === null ? [] : flattenTree(tree).map(([path, tensor]) => [`${prefix}/${path}`, tensor] as const);
    const all = Object.fromEntries([
      ...named("gradient", result.params),
      ...named("rate", result.rates),
      ...named("adapted", result.adapted),
      ["query loss", result.queryLoss],
      ["logits", result.queryLogits],
      ["inner loss", result.innerLoss],
    ]) as Record<string, tf.Tensor>;
    // What did not move is θ's own.
    return Object.fromEntries(Object.entries(all).map(([name, tensor]) => [name, tf.clone(tensor)]));
  });
  const read = await Promise.all(
    Object.entries(out).map(async ([name, tensor]) => [name, await tensor.data() as Float32Array] as const),
  );
  tf.dispose(out);
  return new Map(read);
}

async function compare({ architecture, changes = {}, rates }: Objective, allowed: number): Promise<void> {
  const options = metaOptions(architecture, changes);
  const [theta, tasks] = [trainedParams(architecture, 3), makeTasks(architecture)];
  const learned = rates && mapTree(theta, () => tf.scalar(options.alpha));
  const joined = joinTasks(tasks);
  const together = await withTensorCount(() => gradientOf(theta, joined, options, learned));
  const each: Arrays[] = [];
  for (const task of tasks) each.push(await gradientOf(theta, task, options, learned));
  for (const prefix of ["gradient", "rate", "adapted", "query loss", "logits", "inner loss"]) {
    const names = [...together.keys()].filter((name) => name.startsWith(prefix));
    const norms = names.flatMap((name) => each.map((one) => Math.hypot(...one.get(name)!)));
    const floor = 1e-2 * Math.max(...norms);
    for (const name of names) {
      const all = together.get(name)!;
      each.forEach((one, i) => {
        const own = one.get(name)!;
        assertEquals(all.length, own.length * each.length, `${name}: numbers of all tasks`);
        const error = relativeError(all.subarray(i * own.length, (i + 1) * own.length), own, floor);
        assert(error <= allowed, `${name} of task ${i}: ${error}`);
      });
    }
  }
  tasks.forEach((task) => disposeAll(task));
  disposeAll(joined, theta, ...(learned ? [learned] : []));
}

for (const [name, objective] of Object.entries(OBJECTIVES)) {
  onEachBackend(`metaGradient() of tasks together is that of each: ${name}`, async (backend) => {
    await compare(objective, 2 * tolerance(backend));
  }, ["wasm", ...objective.backends ?? []]);
}

Deno.test("joinTasks() refuses tasks of different shapes", async () => {
  await chooseBackend("cpu");
  const task = makeTask(SMALL);
  assertEquals(joinTasks([task]), task);
  assertThrows(() => joinTasks([task, { ...task, macro: null }]), TypeError, "Cannot join tasks: expected one shape");
  disposeAll(task);
});

Deno.test("what takes one task refuses several together", async () => {
  await chooseBackend("cpu");
  const [task, theta] = [makeTask(SMALL), trainedParams(SMALL, 0)];
  const options = metaOptions(SMALL);
  assertThrows(() => metricGradient(theta, { ...task, tasks: 2 }, options), TypeError, "expected one task, got 2");
  const present = { ...options, presentOnly: true };
  assertThrows(() => innerLoop(constants(theta), { ...task, tasks: 2 }, present), TypeError, "classes differ by task");
  disposeAll(task, theta);
});
