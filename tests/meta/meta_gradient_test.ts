import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { gradients, variable } from "../../lib/autodiff/mod.ts";
import { metaGradient, type MetaOptions } from "../../lib/meta/mod.ts";
import { type Architecture, crossEntropy, forward } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { constants, SMALL, trainedParams } from "../_util/network.ts";
import { numbers, relativeError } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { assertAsOnCpu } from "./_as_on_cpu.ts";
import { outerLoss } from "./_outer_loss.ts";
import { along, difference, DIFFERENCE_TOLERANCE, normOf, randomDirection, slopesOf, unit } from "./_differences.ts";
import { disposeAll, makeTask, metaOptions, smoothParams, UNET } from "./_task.ts";

/** The first seed under which no ReLU or pool branch flips within a step: the two stencils of every direction agree. */
const SEED = 2;

/** Objectives through which the gradient is followed. */
const OBJECTIVES: Readonly<
  Record<string, { architecture: Architecture; changes?: Partial<MetaOptions>; seed?: number }>
> = {
  "none, λ2 > 0, support statistics": { architecture: SMALL },
  "unet, λ2 > 0, support statistics": { architecture: UNET },
  "unet, two inner steps": { architecture: UNET, changes: { innerSteps: 2 } },
  "none, three inner steps": { architecture: SMALL, changes: { innerSteps: 3, alpha: 0.005 } },
  "unet, two inner steps, both weighed": { architecture: UNET, changes: { innerSteps: 2, stepWeights: [0.4, 0.6] } },
  "none, the head alone": { architecture: SMALL, changes: { innerScope: "head", alpha: 0.2, lambda1: 1, lambda2: 0 } },
  "unet, the head alone, two steps": {
    architecture: UNET,
    changes: { innerScope: "head", innerSteps: 2, alpha: 0.002, lambda1: 1, lambda2: 0 },
  },
  "unet, no auxiliary loss": { architecture: UNET, changes: { lambda1: 1, lambda2: 0 } },
  "unet, cross-kernel": { architecture: UNET, changes: { aux: "cross-kernel" } },
  "unet, transductive": { architecture: UNET, changes: { norm: "transductive" } },
};

for (const [name, { architecture, changes = {} }] of Object.entries(OBJECTIVES)) {
  // More takes seconds on cpu, for what the comparison of backends below shows.
  const backends = architecture === SMALL && changes.innerSteps === undefined
    ? ["cpu", "wasm"] as const
    : ["wasm"] as const;
  onEachBackend(`metaGradient() agrees with central differences through the whole loop: ${name}`, async () => {
    const options = metaOptions(architecture, changes);
    const [task, theta] = [makeTask(architecture, SEED), smoothParams(architecture, SEED)];
    const { params } = await withTensorCount(() => slopesOf(theta, task, options));
    const norm = normOf(params);
    const directions = [unit(params), randomDirection(params, "first"), randomDirection(params, "second")];
    for (const [i, direction] of directions.entries()) {
      const expected = await difference(theta, direction, (moved) => outerLoss(moved, task, options), norm);
      const error = Math.abs(along(params, direction) - expected) / norm;
      assert(error < DIFFERENCE_TOLERANCE, `direction ${i}: ${along(params, direction)}, differences ${expected}`);
    }
    // The second-order term is there to be seen: to first order the same gradient is another one.
    const first = (await slopesOf(theta, task, { ...options, firstOrder: true })).params;
    const gap = Math.sqrt([...params].reduce((sum, [path, array]) => {
      const other = first.get(path)!;
      return sum + array.reduce((s, value, k) => s + (value - other[k]!) ** 2, 0);
    }, 0));
    assert(gap > 100 * DIFFERENCE_TOLERANCE * norm, `first and second order differ by ${gap / norm} only`);
    disposeAll(task, theta);
  }, backends);
}

Deno.test("metaGradient() differentiates with respect to learned rates", async () => {
  await chooseBackend("wasm");
  const options = metaOptions(UNET);
  const [task, theta] = [makeTask(UNET, SEED), smoothParams(UNET, SEED)];
  const rates = mapTree(theta, (_, path) => tf.scalar(0.05 + 0.1 * Math.abs(numbers(1, path, "unit")[0]!)));
  const slopes = (await withTensorCount(() => slopesOf(theta, task, options, rates))).rates!;
  assertEquals([...slopes.keys()], flattenTree(theta).map(([path]) => path));
  const norm = normOf(slopes);
  for (const direction of [unit(slopes), randomDirection(slopes, "rates")]) {
    const expected = await difference(rates, direction, (moved) => outerLoss(theta, task, options, moved), norm);
    assert(Math.abs(along(slopes, direction) - expected) < DIFFERENCE_TOLERANCE * norm);
  }
  // The path through θ uses these rates, too.
  const { params } = await slopesOf(theta, task, options, rates);
  const direction = unit(params);
  const expected = await difference(
    theta,
    direction,
    (moved) => outerLoss(moved, task, options, rates),
    normOf(params),
  );
  assert(Math.abs(along(params, direction) - expected) < DIFFERENCE_TOLERANCE * normOf(params));
  disposeAll(task, theta, rates);
});

for (
  const [what, changes] of [
    ["with median widths", { sigma: "median" }],
    ["the head alone in two weighed steps", {
      innerScope: "head",
      innerSteps: 2,
      stepWeights: [0.3, 0.7],
      alpha: 0.002,
    }],
  ] as const
) {
  onEachBackend(`metaGradient() of the unet, ${what}, gives what cpu gives`, async (backend) => {
    await assertAsOnCpu(backend, async () => {
      const [task, theta] = [makeTask(UNET, SEED), smoothParams(UNET, SEED)];
      const slopes = await slopesOf(theta, task, metaOptions(UNET, changes));
      disposeAll(task, theta);
      return slopes.params;
    });
  }, ["wasm", "webgpu"]);
}

Deno.test("metaGradient() to first order is the plain gradient at θ′, through the support statistics", async () => {
  await chooseBackend("cpu");
  await withTensorCount(() =>
    tf.tidy(() => {
      const [task, theta] = [makeTask(UNET), trainedParams(UNET)];
      const { params, adapted, rates } = metaGradient(theta, task, metaOptions(UNET, { firstOrder: true }), theta);
      const leaves = mapTree(adapted, variable);
      const { statistics } = forward(UNET, leaves, task.support, { want: {} });
      const { logits } = forward(UNET, leaves, task.query!, { statistics, want: { logits: true } });
      const names = flattenTree(leaves);
      const plain = gradients(crossEntropy(logits!, task.queryLabels), names.map(([, value]) => value));
      const ours = new Map(flattenTree(params));
      names.forEach(([path], i) => assertEquals(ours.get(path)!.dataSync(), plain[i]!.tensor.dataSync(), path));
      assertEquals(rates, null, "rates take no part to first order");
    })
  );
});

Deno.test("metaGradient() to first order adds up the weighed gradients at the weights after each step", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
    const at = (innerSteps: number, stepWeights: number[]) => {
      const options = metaOptions(SMALL, { firstOrder: true, innerSteps, stepWeights });
      return new Map(flattenTree(metaGradient(theta, task, options).params));
    };
    const [both, first, second] = [at(2, [0.25, 0.75]), at(1, [1]), at(2, [0, 1])];
    for (const [path, tensor] of both) {
      const expected = tf.add(tf.mul(0.25, first.get(path)!), tf.mul(0.75, second.get(path)!));
      assert(relativeError(tensor.dataSync(), expected.dataSync(), 1e-3) < 1e-5, path);
    }
    assertThrows(() => at(2, [1]), RangeError, "Cannot weigh the steps: expected 2 weights, got 1");
  });
});

Deno.test("metaGradient() of one step weighed whole is that of no weights, to the bit", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
    const run = (changes: Partial<MetaOptions>) =>
      flattenTree(metaGradient(theta, task, metaOptions(SMALL, { innerSteps: 2, ...changes })).params)
        .map(([, tensor]) => tensor.dataSync());
    assertEquals(run({ stepWeights: [0, 1] }), run({}));
  });
});

Deno.test("metaGradient() of the head alone, to first order, is the plain gradient at θ′ for body and head", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
    const options = metaOptions(SMALL, { firstOrder: true, innerScope: "head", innerSteps: 2, lambda2: 0 });
    const { params, adapted } = metaGradient(theta, task, options);
    const leaves = mapTree(adapted, variable);
    const { statistics } = forward(SMALL, leaves, task.support, { want: {} });
    const { logits } = forward(SMALL, leaves, task.query!, { statistics, want: { logits: true } });
    const names = flattenTree(leaves);
    const plain = gradients(crossEntropy(logits!, task.queryLabels), names.map(([, value]) => value));
    const ours = new Map(flattenTree(params));
    names.forEach(([path], i) => assertEquals(ours.get(path)!.dataSync(), plain[i]!.tensor.dataSync(), path));
    const before = new Map(flattenTree(theta));
    for (const [path, tensor] of flattenTree(adapted)) {
      assertEquals(tensor === before.get(path), !path.startsWith("head."));
    }
  });
});

Deno.test("metaGradient() reaches every parameter to second order, and the auxiliary branch only then", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(UNET), trainedParams(UNET)];
    const sizes = (firstOrder: boolean) =>
      new Map(
        flattenTree(metaGradient(theta, task, metaOptions(UNET, { firstOrder })).params)
          .map(([path, tensor]) => [path, Math.hypot(...tensor.dataSync())] as const),
      );
    const [second, first] = [sizes(false), sizes(true)];
    for (const [path, size] of second) {
      // A bias before a norm cancels; the alignment loss sees no bias after the last layer.
      const without = /^conv\d\.b$|^auxiliary\.out\d\.b$/.test(path);
      assertEquals(size > 1e-6 * Math.max(...second.values()), !without, `second order, ${path}: ${size}`);
      if (path.startsWith("auxiliary.")) assertEquals(first.get(path), 0, path);
    }
  });
});

Deno.test("metaGradient() reports the loss and logits of the queries at θ′, and the inner loss at θ", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
    for (const norm of ["support", "transductive"] as const) {
      const options = metaOptions(SMALL, { norm, lambda1: 2, lambda2: 0 });
      const { adapted, queryLogits, queryLoss, innerLoss } = metaGradient(theta, task, options);
      const { statistics } = forward(SMALL, constants(adapted), task.support, { want: {} });
      const { logits } = forward(SMALL, constants(adapted), task.query!, norm === "support" ? { statistics } : {});
      assertEquals(queryLogits.dataSync(), logits!.tensor.dataSync());
      assertEquals(queryLoss.dataSync(), crossEntropy(logits!, task.queryLabels).tensor.dataSync());
      const support = forward(SMALL, constants(theta), task.support).logits!;
      assert(
        relativeError(innerLoss.dataSync(), [2 * crossEntropy(support, task.supportLabels).tensor.dataSync()[0]!]) <
          1e-6,
      );
    }
  });
});

onEachBackend("metaGradient() holds no memory from call to call", async () => {
  const [task, theta] = [makeTask(UNET), trainedParams(UNET)];
  for (let call = 0; call < 3; call++) {
    for (const firstOrder of [false, true]) {
      await withTensorCount(() => slopesOf(theta, task, metaOptions(UNET, { firstOrder })));
    }
  }
  assertEquals(flattenTree(theta).some(([, tensor]) => tensor.isDisposed), false);
  disposeAll(task, theta);
});

Deno.test("metaGradient() refuses a task without queries", async () => {
  await chooseBackend("cpu");
  const [task, theta] = [makeTask(SMALL), trainedParams(SMALL)];
  assertThrows(
    () => metaGradient(theta, { ...task, query: null }, metaOptions(SMALL)),
    TypeError,
    "Cannot take a meta-gradient: expected query clips, got none",
  );
  disposeAll(task, theta);
});
