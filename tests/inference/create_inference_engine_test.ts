import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { magnifyClips } from "../../lib/data/mod.ts";
import { type Calibration, createInferenceEngine, type ModelCard, type Weights } from "../../lib/inference/mod.ts";
import { chooseBackend, MemoryLimitError } from "../../lib/runtime/mod.ts";
import { flattenWeights, type StoredTensor } from "../../lib/storage/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { calibrationClips, predictAll, smallCard, smallClips, smallWeights } from "./_subject.ts";

const engine = createInferenceEngine();

/** A part of a tree of weights, by path. */
const tensorAt = (weights: Weights, path: string): StoredTensor => flattenWeights(weights)[path]!;

/** The head's column of a class, its bias last. */
function headColumn(weights: Weights, k: number): number[] {
  const { shape, data } = tensorAt(weights, "params.head.w");
  const n = shape[1]!;
  return [...data.filter((_, i) => i % n === k), tensorAt(weights, "params.head.b").data[k]!];
}

/** More clips than one run of the network takes. */
const MANY = 18;

onEachBackend(
  "predict() gives a clip its answer whatever clips stand beside it, in whatever order",
  async (backend) => {
    const limit = backend === "webgpu" ? 1e-6 : 0;
    for (const decoder of backend === "cpu" ? ["unet"] as const : ["unet", "none"] as const) {
      const card = smallCard({ decoder });
      const weights = await smallWeights(card);
      const clips = smallClips(card, MANY, "independent");
      const length = clips.length / MANY;
      const clip = (i: number) => clips.subarray(i * length, (i + 1) * length);
      const together = await predictAll(weights, card, clips);
      const backwards = new Uint8Array(clips.length);
      for (let i = 0; i < MANY; i++) backwards.set(clip(MANY - 1 - i), i * length);
      const reversed = await predictAll(weights, card, backwards);
      for (let i = 0; i < MANY; i++) {
        const answers = [together.subarray(3 * i, 3 * i + 3), reversed.subarray(3 * (MANY - 1 - i), 3 * (MANY - i))];
        if (i % 6 === 0) answers.push(await predictAll(weights, card, clip(i)));
        for (const answer of answers) {
          answer.forEach((value, k) => {
            assert(Math.abs(value - answers[0]![k]!) <= limit, `clip ${i}, class ${k}: ${value}, ${answers[0]![k]}`);
          });
        }
        assertAlmostEquals(answers[0]!.reduce((a, b) => a + b), 1, 1e-6);
      }
      // The clips are not all alike: a predictor that ignores them would pass the above.
      assert(Math.abs(together[0]! - together[3]!) > 1e-3);
    }
  },
);

onEachBackend(
  "predict() gives a clip its answer in a batch of 1, of 33, and twice in one, before and after a calibration",
  async (backend) => {
    const limit = backend === "webgpu" ? 1e-6 : 0;
    const card = smallCard();
    const base = await smallWeights(card);
    const { weights: own } = await engine.calibrate(base, card, calibrationClips(card, [0, 1, 2, 1]));
    const count = 33;
    const clips = smallClips(card, count, "batches");
    const length = clips.length / count;
    const clip = (i: number) => clips.subarray(i * length, (i + 1) * length);
    // The last one again at the front, so that the two lie in different runs of the network.
    const doubled = new Uint8Array([...clip(count - 1), ...clips]);
    const rows: Float32Array[] = [];
    for (const weights of [base, own]) {
      const together = await predictAll(weights, card, clips);
      const twice = await predictAll(weights, card, doubled);
      const row = (answers: Float32Array, i: number) => answers.subarray(3 * i, 3 * i + 3);
      const same = (i: number, answer: Float32Array, expected: Float32Array) =>
        answer.forEach((value, k) =>
          assert(Math.abs(value - expected[k]!) <= limit, `clip ${i}, class ${k}: ${value}, ${expected[k]}`)
        );
      for (const i of [0, 15, 16, 31, 32]) {
        same(i, await predictAll(weights, card, clip(i)), row(together, i));
        same(i, row(twice, i + 1), row(together, i));
      }
      same(count - 1, row(twice, 0), row(twice, count));
      rows.push(row(together, 0));
    }
    // The calibration changed something: otherwise the second round would only repeat the first.
    assert(Math.abs(rows[0]![0]! - rows[1]![0]!) > 1e-4, `${rows[0]} and ${rows[1]}`);
  },
);

onEachBackend("a predictor holds what its bytes say, and disposes of all of it", async () => {
  const card = smallCard();
  const weights = await smallWeights(card);
  await withTensorCount(async () => {
    const before = tf.memory().numBytes;
    const predictor = await engine.createPredictor(weights, card);
    const first = await predictor.predict(smallClips(card, 2, "dispose"));
    assertEquals(predictor.bytes, tf.memory().numBytes - before, "with what the first run keeps");
    const second = await withTensorCount(() => predictor.predict(smallClips(card, 2, "dispose")));
    assertEquals(second, first);
    predictor.dispose();
  });
});

for (const decoder of ["none", "unet"] as const) {
  Deno.test(`on wasm a program answers from the second call on, with the bits of the first: ${decoder}`, async () => {
    await chooseBackend("wasm");
    // Eight channels: convolutions of this project's own, which programs are made of.
    const card = smallCard({ channels: 8, size: 32, decoder });
    const weights = await smallWeights(card);
    const { weights: own } = await engine.calibrate(weights, card, calibrationClips(card, [0, 1, 2, 1]));
    const [clips, others] = [smallClips(card, 3, "program"), smallClips(card, 20, "others")];
    await withTensorCount(async () => {
      const fresh = await engine.createPredictor(weights, card);
      const first = await fresh.predict(clips);
      const firstOfOthers = await predictAll(weights, card, others);
      await withTensorCount(async () => assertEquals(await fresh.predict(clips), first), 1); // the program's memory
      assertEquals(fresh.batches, false);
      assertEquals(await fresh.predict(others), firstOfOthers);
      // Another predictor has the program at once, with its own weights.
      const person = await engine.createPredictor(own, card);
      const firstOfPerson = await person.predict(clips);
      await withTensorCount(async () => assertEquals(await person.predict(clips), firstOfPerson));
      assertNotEquals(firstOfPerson, first);
      assertEquals(await fresh.predict(clips), first);
      fresh.dispose();
      assertEquals(await person.predict(clips), firstOfPerson, "the program lives on");
      person.dispose();
    });
  });
}

/** The same tree with its keys the other way round. */
function reversed<T>(tree: T): T {
  if (typeof tree !== "object" || tree === null || "data" in tree) return tree;
  return Object.fromEntries(Object.entries(tree).toReversed().map(([key, value]) => [key, reversed(value)])) as T;
}

Deno.test("on wasm predictors share a program whatever the order of their weights' names", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ channels: 8, size: 32 });
  const weights = await smallWeights(card);
  const { weights: own } = await engine.calibrate(weights, card, calibrationClips(card, [0, 1, 2, 1]));
  const clips = smallClips(card, 3, "order");
  const expected = await predictAll(own, card, clips);
  const first = await engine.createPredictor(weights, card);
  const other = await engine.createPredictor(reversed(own), card);
  for (let call = 0; call < 3; call++) {
    await first.predict(clips);
    assertEquals(await other.predict(clips), expected, `call ${call}`);
  }
  first.dispose();
  other.dispose();
});

Deno.test("a predictor that was disposed of refuses, and disposing of it again takes nothing from others", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ channels: 8, size: 32 });
  const weights = await smallWeights(card);
  const clips = smallClips(card, 1, "disposed");
  await withTensorCount(async () => {
    const [gone, stays] = [await engine.createPredictor(weights, card), await engine.createPredictor(weights, card)];
    const answer = await gone.predict(clips);
    await gone.predict(clips);
    gone.dispose();
    gone.dispose();
    await assertRejects(() => gone.predict(clips), Error, "Cannot predict: the predictor was disposed of");
    for (let call = 0; call < 3; call++) assertEquals(await stays.predict(clips), answer);
    stays.dispose();
  });
});

Deno.test("on wasm a network of other ops is answered op by op, and says that batches pay", async () => {
  await chooseBackend("wasm");
  const card = smallCard();
  const predictor = await engine.createPredictor(await smallWeights(card), card);
  const clips = smallClips(card, 3, "program");
  const answers = [await predictor.predict(clips), await predictor.predict(clips), await predictor.predict(clips)];
  assertEquals(answers[1], answers[0]);
  assertEquals(answers[2], answers[0]);
  assertEquals(predictor.batches, true);
  predictor.dispose();
});

Deno.test("a program's answer of weights that are no numbers is no number either", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ channels: 8, size: 32 });
  const weights = await smallWeights(card);
  tensorAt(weights, "params.conv2.w").data.fill(NaN);
  const predictor = await engine.createPredictor(weights, card);
  const clips = smallClips(card, 1, "NaN");
  for (let call = 0; call < 3; call++) assert((await predictor.predict(clips)).every(Number.isNaN), `call ${call}`);
  predictor.dispose();
});

Deno.test("predict() answers no clips with nothing, and refuses half a clip", async () => {
  await chooseBackend("cpu");
  const card = smallCard();
  const predictor = await engine.createPredictor(await smallWeights(card), card);
  assertEquals(await predictor.predict(new Uint8Array()), new Float32Array());
  await assertRejects(
    () => predictor.predict(new Uint8Array(700)),
    TypeError,
    "Cannot predict: expected clips of 512 bytes, got 700 bytes in all",
  );
  predictor.dispose();
});

Deno.test("createPredictor() refuses weights without statistics and leaks nothing by it", async () => {
  await chooseBackend("cpu");
  const card = smallCard();
  const { params } = await smallWeights(card) as { params: Weights };
  await withTensorCount(async () => {
    await assertRejects(
      () => engine.createPredictor({ params, stats: {} }, card),
      TypeError,
      "Cannot normalise: the weights have no statistics of conv1",
    );
  });
});

onEachBackend(
  "calibrate() starts from the base: twice the same clips give the same bits, and the base stays",
  async () => {
    const card = smallCard();
    const base = await smallWeights(card);
    const copy = structuredClone(base);
    const clips = calibrationClips(card, [0, 1, 2, 2], 2);
    const once = await withTensorCount(() => engine.calibrate(base, card, clips));
    const again = await engine.calibrate(base, card, clips);
    assertEquals(again, once);
    assertEquals(base, copy);
    assertNotEquals(tensorAt(once.weights, "params.conv1.w"), tensorAt(base, "params.conv1.w"));
    assertNotEquals(tensorAt(once.weights, "stats.conv1.mean"), tensorAt(base, "stats.conv1.mean"));
    assertEquals(once.classes, card.classes);
  },
  ["cpu", "wasm", "webgpu"],
);

for (const backend of ["cpu", "wasm"] as const) {
  Deno.test(`calibrate() on some classes leaves the head's other columns to the bit: ${backend}`, async () => {
    await chooseBackend(backend);
    const card = smallCard({ innerSteps: 3 });
    const base = await smallWeights(card);
    const { weights, classes } = await engine.calibrate(base, card, calibrationClips(card, [0, 2, 2, 0], 3));
    assertEquals(classes, ["negative", "surprise"]);
    assertEquals(headColumn(weights, 1), headColumn(base, 1));
    assertNotEquals(headColumn(weights, 0), headColumn(base, 0));
    assertNotEquals(headColumn(weights, 2), headColumn(base, 2));
  });
}

Deno.test("calibrate() fits the clips it is given, and says how well by the predictor's own answers", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ alpha: 0.02 });
  const base = await smallWeights(card);
  const clips = calibrationClips(card, [0, 1, 2, 0, 1, 2]);
  const { before, after, weights } = await engine.calibrate(base, card, clips, { innerSteps: 4 });
  assert(after.loss < before.loss, `loss ${before.loss} → ${after.loss}`);
  for (const [fit, by] of [[before, base], [after, weights]] as const) {
    const answers = await predictAll(by, card, clips.clips);
    const chosen = clips.labels.map((label, i) => answers[3 * i + label]!);
    assertAlmostEquals(fit.loss, chosen.reduce((sum, p) => sum - Math.log(p), 0) / 6, 1e-6);
    const right = clips.labels.filter((label, i) =>
      Math.max(...answers.subarray(3 * i, 3 * i + 3)) === chosen[i] && label >= 0
    );
    assertAlmostEquals(fit.accuracy, right.length / 6, 1e-9);
  }
});

Deno.test("calibrate() takes as many steps as asked, by default the configuration's", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ innerSteps: 2 });
  const base = await smallWeights(card);
  const clips = calibrationClips(card, [0, 1, 2], 1);
  const adapted = async (options?: { innerSteps: number }) =>
    (await engine.calibrate(base, card, clips, options)).weights;
  assertEquals(await adapted(), await adapted({ innerSteps: 2 }));
  assertNotEquals(await adapted(), await adapted({ innerSteps: 1 }));
  // Two steps are one step taken from where one step leads.
  const { weights: once } = await engine.calibrate(base, card, clips, { innerSteps: 1 });
  const { weights: twice } = await engine.calibrate({ ...base, ...once }, card, clips, { innerSteps: 1 });
  assertEquals((await adapted()).params, twice.params);
  const none = await adapted({ innerSteps: 0 });
  assertEquals(none.params, base.params);
  assertNotEquals(none.stats, base.stats);
});

/** Calibrates on micro clips, with or without macro clips of their own. */
async function calibrateWith(card: ModelCard, base: Weights, macro: Uint8Array | null): Promise<Calibration> {
  const labels = [0, 1, 2, 0];
  const micro = smallClips(card, labels.length, "micro");
  const count = macro === null ? 0 : macro.length / (micro.length / labels.length);
  const clips = new Uint8Array([...micro, ...(macro ?? [])]);
  return await engine.calibrate(base, card, {
    clips,
    labels: [...labels, ...new Array<number>(count).fill(0)],
    kinds: [...labels.map(() => "micro" as const), ...new Array<"macro">(count).fill("macro")],
  });
}

Deno.test("calibrate() magnifies the micro clips where there are no macro clips", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ magnify: 4 });
  const base = await smallWeights(card);
  const magnified = magnifyClips(smallClips(card, 4, "micro"), card.recipe, 4);
  const without = await calibrateWith(card, base, null);
  assertEquals(without, await calibrateWith(card, base, magnified));
  assertNotEquals(without.weights, (await calibrateWith(card, base, smallClips(card, 4, "macro"))).weights);
});

Deno.test("calibrate() without an auxiliary loss lets macro clips play no part", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ macro: "none", lambda1: 1, lambda2: 0 });
  const base = await smallWeights(card);
  assertEquals(await calibrateWith(card, base, smallClips(card, 4, "macro")), await calibrateWith(card, base, null));
});

Deno.test("calibrate() of one frame a clip puts the whole weight on the primary loss", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ frames: 1, lambda1: 0.5, lambda2: 0.5 });
  const base = await smallWeights(card);
  const alone = { ...card, config: { ...card.config, lambda1: 1, lambda2: 0 } };
  assertEquals(await calibrateWith(card, base, null), await calibrateWith(alone, base, null));
});

Deno.test("calibrate() moves by the learned rates of the base", async () => {
  await chooseBackend("wasm");
  const card = smallCard();
  const base = await smallWeights(card);
  const scalar = (value: number): StoredTensor => ({ dtype: "F32", shape: [], data: Float32Array.of(value) });
  const rates = Object.fromEntries(
    Object.entries(base.params as Record<string, Record<string, unknown>>).map(([layer, parts]) => [
      layer,
      JSON.parse(
        JSON.stringify(parts),
        (_, node) => "dtype" in Object(node) ? scalar(layer === "head" ? 0.05 : 0) : node,
      ),
    ]),
  );
  const clips = calibrationClips(card, [0, 1, 2], 1);
  const by = (await engine.calibrate({ ...base, rates }, card, clips)).weights;
  const plain = (await engine.calibrate(base, card, clips)).weights;
  assertEquals(tensorAt(by, "params.conv1.w"), tensorAt(base, "params.conv1.w"));
  assertEquals(tensorAt(by, "params.head.w"), tensorAt(plain, "params.head.w"));
});

Deno.test("calibrate() refuses clips without a micro clip, and labels that are no class", async () => {
  await chooseBackend("cpu");
  const card = smallCard();
  const base = await smallWeights(card);
  await withTensorCount(async () => {
    for (const clips of [calibrationClips(card, [], 2), calibrationClips(card, [])]) {
      await assertRejects(
        () => engine.calibrate(base, card, clips),
        RangeError,
        "Cannot calibrate: expected at least one micro clip, got none",
      );
    }
    for (const label of [3, -1, 0.5, NaN]) {
      await assertRejects(
        () => engine.calibrate(base, card, calibrationClips(card, [0, label])),
        RangeError,
        `Cannot calibrate: label ${label} is not one of 3 classes`,
      );
    }
    const { clips, labels } = calibrationClips(card, [0, 5]);
    await assertRejects(
      () => engine.calibrate(base, card, { clips, labels, kinds: ["micro", "macro"] }),
      RangeError,
      "label 5",
    );
  });
});

Deno.test("the engine names the backend that is current", async () => {
  for (const backend of ["cpu", "wasm"] as const) {
    await chooseBackend(backend);
    assertEquals(engine.backend, backend);
  }
});

Deno.test("calibrate() refuses more clips than fit into WASM's memory, whatever the steps, and computes nothing", async () => {
  await chooseBackend("wasm");
  const card = smallCard({ channels: 4096 });
  const base = await smallWeights(smallCard({}));
  const clips = calibrationClips(card, [0, 1, 2], 1);
  for (const innerSteps of [1, 10]) {
    await assertRejects(
      () => engine.calibrate(base, card, clips, { innerSteps }),
      MemoryLimitError,
      "Cannot calibrate: a step on 3 micro and 1 macro clips of this size needs about",
    );
  }
});

Deno.test("calibrate() takes no more memory for many steps than for one", async () => {
  await chooseBackend("wasm");
  const card = smallCard({});
  const base = await smallWeights(card);
  const clips = calibrationClips(card, [0, 1, 2], 1);
  const peak = async (innerSteps: number) => {
    const { peakBytes } = await tf.profile(async () => void await engine.calibrate(base, card, clips, { innerSteps }));
    return peakBytes;
  };
  await peak(1); // what stays for good is made
  const [one, two, eight] = [await peak(1), await peak(2), await peak(8)];
  assert(eight <= two && two < 1.2 * one, `${one}, ${two}, ${eight}`);
});

onEachBackend(
  "a predictor divides logits by the card's temperature: that of θ, or that of a person's own weights",
  async () => {
    const plain = smallCard();
    const card = { ...plain, temperature: { base: 2, calibrated: 0.5 } };
    const base = await smallWeights(plain);
    const clips = smallClips(plain, 3, "tempered");
    const predict = async (card: ModelCard, options = {}) => {
      const predictor = await engine.createPredictor(base, card, options);
      try {
        return await predictor.predict(clips);
      } finally {
        predictor.dispose();
      }
    };
    const raw = await predict(plain);
    const tempered = (t: number) =>
      Float32Array.from([0, 1, 2].flatMap((i) => {
        const weights = [...raw.subarray(3 * i, 3 * i + 3)].map((p) => p ** (1 / t));
        const sum = weights.reduce((a, b) => a + b, 0);
        return weights.map((weight) => weight / sum);
      }));
    for (const [options, t] of [[{}, 2], [{ calibrated: true }, 0.5]] as const) {
      const found = await withTensorCount(() => predict(card, options));
      tempered(t).forEach((p, i) => assert(Math.abs(p - found[i]!) < 1e-5, `${p} and ${found[i]}`));
    }
    assertEquals(await predict(plain, { calibrated: true }), raw);
    // What is reported of a calibration is what predictions will say.
    const fit = await engine.calibrate(base, card, calibrationClips(card, [0, 1, 2], 0));
    const own = await engine.calibrate(base, plain, calibrationClips(card, [0, 1, 2], 0));
    assertEquals(fit.weights, own.weights);
    assert(fit.after.loss !== own.after.loss && fit.after.accuracy === own.after.accuracy);
  },
  ["cpu", "wasm"],
);

Deno.test("calibrate() shrinks the clips' statistics towards the running ones by normPrior", async () => {
  await chooseBackend("cpu");
  const means = async (normPrior: number, innerSteps: number) => {
    const card = smallCard({ normPrior });
    const base = await smallWeights(card);
    const { weights } = await engine.calibrate(base, card, calibrationClips(card, [0, 1, 2]), { innerSteps });
    return { own: tensorAt(weights, "stats.conv1.mean").data, running: tensorAt(base, "stats.conv1.mean").data };
  };
  const { own, running } = await means(0, 0);
  // Three clips, which count as many as the prior.
  const { own: half } = await means(3, 0);
  half.forEach((mean, c) => assertAlmostEquals(mean, (own[c]! + running[c]!) / 2, 1e-6));
  assert(own.some((mean, c) => Math.abs(mean - running[c]!) > 1e-3));
  // With next to no share of their own the clips do not move them.
  (await means(1e9, 0)).own.forEach((mean, c) => assertAlmostEquals(mean, running[c]!, 1e-6));
  assertNotEquals((await means(3, 1)).own, half);
});
