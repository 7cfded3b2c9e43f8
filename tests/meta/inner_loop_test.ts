import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { add, constant, gradients, scale, type Value, variable } from "../../lib/autodiff/mod.ts";
import { innerLoop, type InnerOptions } from "../../lib/meta/mod.ts";
import { crossEntropy, forward, mmd2 } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { leafAt, read, SMALL, trainedParams } from "../_util/network.ts";
import { relativeError } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { innerOptions, makeTask, UNET } from "./_task.ts";

onEachBackend("innerLoop() leaves θ unchanged and alive", async (backend) => {
  const theta = trainedParams(UNET);
  const copy = async () =>
    await Promise.all(flattenTree(theta).map(async ([, tensor]) => Array.from(await tensor.data())));
  const before = await copy();
  for (const firstOrder of backend === "webgpu" ? [false] : [false, true]) {
    await withTensorCount(() =>
      tf.tidy(() => {
        innerLoop(mapTree(theta, variable), makeTask(UNET), innerOptions(UNET, { firstOrder }));
      })
    );
  }
  assertEquals(await copy(), before);
  mapTree(theta, (tensor) => tensor.dispose());
});

/** Inner objectives, and the loss of each written out. */
const OBJECTIVES: Readonly<Record<string, Partial<InnerOptions>>> = {
  "both losses": {},
  "the cross-kernel": { aux: "cross-kernel", sigma: 2 },
  "median width": { sigma: "median" },
  "the primary loss alone": { lambda1: 0.7, lambda2: 0 },
  "class weights": { classWeights: [1, 2, 0.5] },
};

for (const [name, changes] of Object.entries(OBJECTIVES)) {
  Deno.test(`innerLoop() moves against the gradient of λ1 L_pri + λ2 L_aux: ${name}`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const [task, theta] = [makeTask(UNET), mapTree(trainedParams(UNET), variable)];
      const options = innerOptions(UNET, changes);
      const { lambda1, lambda2, alpha, sigma, classWeights } = options;
      const micro = forward(UNET, theta, task.support);
      const macro = forward(UNET, theta, task.macro!);
      const primary = crossEntropy(micro.logits!, task.supportLabels, classWeights ? { classWeights } : {});
      const crossOnly = options.aux === "cross-kernel";
      const auxiliary = micro.auxiliary.map((x, i) => mmd2(x, macro.auxiliary[i]!, { sigma, crossOnly })).reduce(add);
      const loss = lambda2 === 0 ? scale(primary, lambda1) : add(scale(primary, lambda1), scale(auxiliary, lambda2));
      const leaves = flattenTree(theta);
      const slopes = gradients(loss, leaves.map(([, value]) => value));

      const adapted = innerLoop(theta, task, options);
      assert(relativeError(read(adapted.loss), read(loss)) < 1e-6);
      assertEquals(read(adapted.primaryLoss), read(primary));
      leaves.forEach(([path, value], i) => {
        const expected = tf.sub(value.tensor, tf.mul(alpha, slopes[i]!.tensor)).dataSync();
        const error = relativeError(leafAt(adapted.params, path).tensor.dataSync(), expected, 1e-2);
        assert(error < 1e-6, `${path}: ${error}`);
      });
    });
  });
}

Deno.test("innerLoop() without macro clips takes λ1 as it stands", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(UNET), mapTree(trainedParams(UNET), variable)];
    const without = innerLoop(theta, { ...task, macro: null }, innerOptions(UNET));
    const zero = innerLoop(theta, task, innerOptions(UNET, { lambda2: 0 }));
    assertEquals(read(without.loss), read(zero.loss));
    assertEquals(read(leafAt(without.params, "conv1.w")), read(leafAt(zero.params, "conv1.w")));
  });
});

Deno.test("innerLoop() of several steps is the single step repeated; of none it is θ with its losses", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), mapTree(trainedParams(SMALL), variable)];
    const run = (params: typeof theta, innerSteps: number, firstOrder = true) =>
      innerLoop(params, task, innerOptions(SMALL, { innerSteps, firstOrder }));
    const all = (params: typeof theta) => flattenTree(params).map(([, value]) => read(value));
    const twice = run(theta, 2);
    assertEquals(all(twice.params), all(run(run(theta, 1).params, 1).params));
    assertEquals(all(run(theta, 2, false).params), all(twice.params), "orders differ in gradients, not in value");
    const none = run(theta, 0);
    assertEquals(none.params, theta);
    assertEquals([read(none.loss), none.statisticsBefore.map(read)], [
      read(twice.loss),
      twice.statisticsBefore.map(read),
    ]);
  });
});

Deno.test("innerLoop() moves each tensor by its own learned rate", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), mapTree(trainedParams(SMALL), variable)];
    const rateOf = (path: string) => path === "head.w" ? 0.5 : path.startsWith("conv1.") ? 0 : 0.25;
    for (const firstOrder of [false, true]) {
      const options = innerOptions(SMALL, { alpha: 1, firstOrder });
      const rates = mapTree(theta, (_, path) => variable(tf.scalar(rateOf(path))));
      const [by, whole] = [innerLoop(theta, task, options, rates), innerLoop(theta, task, options)];
      for (const [path, value] of flattenTree(theta)) {
        const move = (params: typeof theta) => tf.sub(value.tensor, leafAt(params, path).tensor);
        const expected = tf.mul(rateOf(path), move(whole.params)).dataSync();
        assert(relativeError(move(by.params).dataSync(), expected, 1e-2) < 1e-5, path);
      }
    }
  });
});

Deno.test("innerLoop() of the head alone passes the body unchanged, and moves the head as the whole step does", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(UNET), mapTree(trainedParams(UNET), variable)];
    for (const firstOrder of [false, true]) {
      const whole = innerLoop(theta, task, innerOptions(UNET, { firstOrder, lambda2: 0 }));
      const head = innerLoop(theta, task, innerOptions(UNET, { firstOrder, lambda2: 0, innerScope: "head" }));
      for (const [path, value] of flattenTree(head.params)) {
        if (path.startsWith("head.")) assertEquals(read(value), read(leafAt(whole.params, path)), path);
        else assert(value === leafAt(theta, path), path);
      }
    }
  });
});

Deno.test("innerLoop() lists the weights after each step", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), mapTree(trainedParams(SMALL), variable)];
    const run = (innerSteps: number) => innerLoop(theta, task, innerOptions(SMALL, { innerSteps, firstOrder: true }));
    const { path, params } = run(3);
    assert(path.length === 3 && path[2] === params);
    assertEquals(read(leafAt(path[0]!, "head.w")), read(leafAt(run(1).params, "head.w")));
    assertEquals(run(0).path, []);
  });
});

Deno.test("innerLoop() over present classes leaves the absent class's column of the head as it was, to the bit", async () => {
  for (const backend of ["cpu", "wasm"] as const) {
    await chooseBackend(backend);
    tf.tidy(() => {
      const [task, theta] = [makeTask(UNET), mapTree(trainedParams(UNET), variable)];
      const without = { ...task, supportLabels: [0, 0, 2, 2, 0, 2] };
      const { params } = innerLoop(theta, without, innerOptions(UNET, { presentOnly: true, innerSteps: 2 }));
      const column = (from: typeof theta, k: number) => [
        ...tf.gather(leafAt(from, "head.w").tensor, [k], 1).dataSync(),
        leafAt(from, "head.b").tensor.dataSync()[k]!,
      ];
      assertEquals(column(params, 1), column(theta, 1));
      for (const k of [0, 2]) column(params, k).forEach((value, i) => assert(value !== column(theta, k)[i]));
    });
  }
});

Deno.test("innerLoop() to first order gives leaves of their own, else a function of θ", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [task, theta] = [makeTask(SMALL), mapTree(trainedParams(SMALL), variable)];
    const slopeOf = (firstOrder: boolean): Value => {
      const { params } = innerLoop(theta, task, innerOptions(SMALL, { firstOrder }));
      const loss = crossEntropy(forward(SMALL, params, constant(task.query!.tensor)).logits!, task.queryLabels);
      return gradients(loss, [leafAt(theta, "conv1.w")])[0]!;
    };
    assert(read(slopeOf(true)).every((value) => value === 0));
    assert(read(slopeOf(false)).some((value) => value !== 0));
  });
});
