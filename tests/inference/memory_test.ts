import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../lib/autodiff/mod.ts";
import {
  architectureOf,
  createInferenceEngine,
  memoryValues,
  type ModelCard,
  nameMemory,
  statisticsValues,
  type StoredMemory,
  toTensors,
  type Weights,
} from "../../lib/inference/mod.ts";
import { classMemory, forward } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { loadModel, memoryStore, publishModel, type StoredTensor } from "../../lib/storage/mod.ts";
import { mapTree, type Tree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { calibrationClips, predictAll, smallCard, smallClips, smallWeights } from "./_subject.ts";

const METRIC = ["protonet", "relationnet", "matchingnet"] as const;
const engine = createInferenceEngine();

interface Parts {
  readonly params: Tree<StoredTensor>;
  readonly stats: Tree<StoredTensor>;
  readonly memory: { readonly features: StoredTensor; readonly labels: StoredTensor };
}
const partsOf = (weights: Weights) => weights as unknown as Parts;

/** Features of clips under the weights' own statistics, row by row. */
async function featuresOf(weights: Weights, card: ModelCard, clips: Uint8Array): Promise<Float32Array[]> {
  const { frames, size } = card.recipe;
  const count = clips.length / (frames * size * size);
  const tensor = tf.tidy(() => {
    const { features } = forward(
      architectureOf(card.config, 3),
      mapTree(toTensors(partsOf(weights).params), constant),
      constant(tf.tensor(Float32Array.from(clips, (value) => value / 255), [count, frames, size, size, 1])),
      { statistics: statisticsValues(partsOf(weights).stats), want: { features: true } },
    );
    return features!.tensor;
  });
  const data = await tensor.data() as Float32Array;
  tensor.dispose();
  const width = data.length / count;
  return Array.from({ length: count }, (_, i) => data.slice(i * width, (i + 1) * width));
}

/** Weights with a memory of one clip a class. */
async function metricWeights(card: ModelCard): Promise<Weights> {
  const bare = await smallWeights(card);
  return { ...bare, memory: nameMemory(await featuresOf(bare, card, smallClips(card, 3, "base")), [0, 1, 2]) };
}

/** The rows of a class in a memory. */
function rowsOf(weights: Weights, label: number): Float32Array[] {
  const { features, labels } = partsOf(weights).memory;
  const width = features.shape[1]!;
  return Array.from(labels.data).flatMap((known, i) =>
    known === label ? [(features.data as Float32Array).slice(i * width, (i + 1) * width)] : []
  );
}

for (const algorithm of METRIC) {
  onEachBackend(
    `${algorithm}: calibration gives statistics and memory of the clips, the base's for absent classes`,
    async () => {
      const card = smallCard({ algorithm });
      const base = await metricWeights(card);
      const copy = structuredClone(base);
      const clips = calibrationClips(card, [0, 2, 0, 2, 0]);
      const { weights, classes, before, after } = await withTensorCount(() => engine.calibrate(base, card, clips));
      assertEquals(base, copy);
      assertEquals(classes, ["negative", "surprise"]);
      assertEquals(partsOf(weights).params, partsOf(base).params);
      assertNotEquals(partsOf(weights).stats, partsOf(base).stats);
      // Attention counts clips: the absent class has as many entries as the others have on average.
      const kept = algorithm === "matchingnet" ? 3 : 1;
      assertEquals(rowsOf(weights, 1), new Array(kept).fill(rowsOf(base, 1)[0]));
      assertEquals(
        [rowsOf(weights, 0).length, rowsOf(weights, 2).length],
        algorithm === "matchingnet" ? [3, 2] : [1, 1],
      );
      assertNotEquals(rowsOf(weights, 0)[0], rowsOf(base, 0)[0]);
      // The answers are those that the weights' own predictor gives.
      const answers = await predictAll(weights, card, clips.clips);
      const loss = clips.labels.reduce((sum, label, i) => sum - Math.log(answers[3 * i + label]!), 0) / 5;
      assertAlmostEquals(after.loss, loss, 1e-5);
      assert(Number.isFinite(before.loss));
      assertEquals(
        await engine.calibrate(base, card, clips),
        { weights, classes, before, after },
        "same clips, same bits",
      );
    },
  );

  onEachBackend(`${algorithm}: a clip has its answer whatever clips stand beside it`, async (backend) => {
    const limit = backend === "webgpu" ? 1e-6 : 0;
    const card = smallCard({ algorithm });
    const base = await metricWeights(card);
    const { weights } = await engine.calibrate(base, card, calibrationClips(card, [0, 1, 2, 1]));
    for (const by of [base, weights]) {
      const clips = smallClips(card, 18, "independent");
      const length = clips.length / 18;
      const together = await withTensorCount(() => predictAll(by, card, clips));
      for (const i of [0, 7, 17]) {
        const alone = await predictAll(by, card, clips.subarray(i * length, (i + 1) * length));
        alone.forEach((value, k) => assert(Math.abs(value - together[3 * i + k]!) <= limit, `clip ${i}, class ${k}`));
        assertAlmostEquals(alone.reduce((a, b) => a + b), 1, 1e-6);
      }
      assert(Math.abs(together[0]! - together[3]!) > 1e-6);
    }
  });
}

Deno.test("calibration's memory is the class means of the clips under their own statistics", async () => {
  await chooseBackend("cpu");
  const card = smallCard({ algorithm: "protonet" });
  const { weights } = await engine.calibrate(await metricWeights(card), card, calibrationClips(card, [0, 1, 2, 2]));
  const rows = await featuresOf(weights, card, calibrationClips(card, [0, 1, 2, 2]).clips);
  const mean = tf.tidy(() =>
    classMemory(architectureOf(card.config, 3), constant(tf.tensor2d(rows.map((row) => [...row]))), {
      labels: [0, 1, 2, 2],
    }).features.tensor.dataSync()
  );
  const got = partsOf(weights).memory.features.data as Float32Array;
  got.forEach((value, i) => assertAlmostEquals(value, mean[i]!, 1e-5 * Math.max(1, Math.abs(mean[i]!))));
});

Deno.test("weights of a metric algorithm without their memory are refused, and nothing leaks", async () => {
  await chooseBackend("cpu");
  const card = smallCard({ algorithm: "protonet" });
  const { params, stats } = partsOf(await metricWeights(card));
  await withTensorCount(async () => {
    const message = "Cannot compare: the euclidean head needs memory.features and memory.labels, the weights lack them";
    await assertRejects(() => engine.createPredictor({ params, stats }, card), TypeError, message);
    await assertRejects(
      () => engine.calibrate({ params, stats }, card, calibrationClips(card, [0])),
      TypeError,
      message,
    );
  });
});

/** Memories that do not fit, and what the message says. */
const WRONG: readonly (readonly [string, StoredMemory, string])[] = [
  ["of another width", nameMemory([Float32Array.of(1)], [0]), "expected a memory of 1 × 9 features, got [1,1]"],
  ["of no entry", nameMemory([], []), "expected a memory of 1 × 9 features, got [0,0]"],
  ["of an unknown class", nameMemory([new Float32Array(9)], [3]), "label 3 of the memory is not one of 3 classes"],
  ["without labels", { features: nameMemory([new Float32Array(9)], [0]).features! }, "needs memory.features"],
];
for (const [what, memory, message] of WRONG) {
  Deno.test(`memoryValues() refuses a memory ${what}`, async () => {
    await chooseBackend("cpu");
    const architecture = architectureOf(smallCard({ algorithm: "protonet" }).config, 3);
    await withTensorCount(() => {
      assertThrows(() => memoryValues(memory, architecture), TypeError, message);
    });
  });
}

Deno.test("nameMemory() refuses rows of different lengths, and labels that are too few", () => {
  assertThrows(() => nameMemory([new Float32Array(2), new Float32Array(3)], [0, 1]), TypeError, "Cannot name a memory");
  assertThrows(() => nameMemory([new Float32Array(2)], []), TypeError, "Cannot name a memory");
});

Deno.test("a memory is published with the model, and comes back", async () => {
  await chooseBackend("cpu");
  const card = smallCard({ algorithm: "matchingnet" });
  const weights = await metricWeights(card);
  const store = memoryStore();
  const version = await publishModel(store, "default", "small", weights, card);
  assertEquals((await loadModel(store, "default", "small", { version })).weights, weights);
});

Deno.test("calibrate() of anil moves the head alone", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ algorithm: "anil", macro: "none", lambda1: 1, lambda2: 0 });
  const base = await smallWeights(card);
  const { weights } = await engine.calibrate(base, card, calibrationClips(card, [0, 1, 2]));
  const { head, ...body } = partsOf(weights).params;
  const { head: before, ...others } = partsOf(base).params;
  assertEquals(body, others);
  assertNotEquals(head, before);
});

Deno.test("calibrate() of reptile takes five steps unless the configuration says otherwise", async () => {
  await chooseBackend("wasm");
  const off = { macro: "none", lambda1: 1, lambda2: 0 } as const;
  const card = smallCard({ algorithm: "reptile", ...off });
  const base = await smallWeights(card);
  const clips = calibrationClips(card, [0, 1, 2]);
  const by = async (other: ModelCard) => (await engine.calibrate(base, other, clips)).weights;
  assertEquals(await by(card), await by(smallCard({ algorithm: "maml", innerSteps: 5, ...off })));
  assertNotEquals(await by(card), await by(smallCard({ algorithm: "reptile", innerSteps: 4, ...off })));
});

Deno.test("a calibration of a network that compares shrinks statistics by normPrior, and remembers under the mixture", async () => {
  await chooseBackend("cpu");
  const card = smallCard({ algorithm: "protonet", normPrior: 3 });
  const base = await metricWeights(card);
  const clips = calibrationClips(card, [0, 1, 2]);
  const { weights } = await engine.calibrate(base, card, clips);
  const { weights: own } = await engine.calibrate(base, smallCard({ algorithm: "protonet" }), clips);
  const mean = (of: Weights) => (partsOf(of).stats.conv1 as Record<string, StoredTensor>).mean!.data;
  mean(weights).forEach((value, c) => assertAlmostEquals(value, (mean(own)[c]! + mean(base)[c]!) / 2, 1e-6));
  const rows = await featuresOf(weights, card, clips.clips);
  const got = partsOf(weights).memory.features.data;
  rows.flatMap((row) => [...row]).forEach((value, i) => assertAlmostEquals(got[i]!, value, 1e-5));
});
