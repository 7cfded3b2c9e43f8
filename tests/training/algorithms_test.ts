import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { type Algorithm, ALGORITHMS, type Config, type ConfigInput, makeConfig } from "../../lib/config/mod.ts";
import type { ClipSet } from "../../lib/data/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenWeights, type StoredTensor } from "../../lib/storage/mod.ts";
import { baseMemory } from "../../lib/training/_base_memory.ts";
import { evaluateHoldout } from "../../lib/training/_evaluate.ts";
import { finishTraining } from "../../lib/training/_finish_training.ts";
import { firstState } from "../../lib/training/_first_state.ts";
import { localRunner } from "../../lib/training/_local_runner.ts";
import { outerStep, type TrainState } from "../../lib/training/_meta_train.ts";
import { runningStatistics } from "../../lib/training/_running_statistics.ts";
import { settleConfig } from "../../lib/training/_settle_config.ts";
import { stepWeights } from "../../lib/training/_step_weights.ts";
import { withTensorCount } from "../_util/leaks.ts";

const NAMES = Object.keys(ALGORITHMS) as Algorithm[];
const SIDE = 16;
const CLIPS_A_CLASS = 5;
const SPLIT = { train: [0, 1, 2, 3], heldout: [4, 5] };

/** Clips of stripes: upright, level or slanted, on noise; six subjects, each with its own phase and brightness. */
function stripes(): ClipSet {
  const clips: number[] = [];
  const labels: number[] = [];
  const subjects: number[] = [];
  for (let subject = 0; subject < 6; subject++) {
    const random = createRandom(0, "stripes", subject);
    const [phase, level] = [random.range(0, 6), random.range(90, 140)];
    for (let label = 0; label < 3; label++) {
      for (let clip = 0; clip < CLIPS_A_CLASS; clip++) {
        labels.push(label);
        subjects.push(subject);
        for (let at = 0; at < SIDE * SIDE; at++) {
          const [y, x] = [Math.floor(at / SIDE), at % SIDE];
          const along = label === 0 ? x : label === 1 ? y : x + y;
          clips.push(Math.round(level + 60 * Math.sin(1.5 * along + phase) + random.range(-20, 20)));
        }
      }
    }
  }
  return {
    recipe: { frames: 1, size: SIDE, channels: 1, input: "frames", time: "tim" },
    clips: Uint8Array.from(clips),
    ids: labels.map((_, i) => `c${i}`),
    labels: Int32Array.from(labels),
    subjects: Int32Array.from(subjects),
    kinds: labels.map(() => "micro" as const),
    classes: ["upright", "level", "slanted"],
    subjectNames: Array.from({ length: 6 }, (_, i) => `db/s${i}`),
  };
}

const SET = stripes();

function configOf(algorithm: Algorithm, changes: ConfigInput = {}): Config {
  const config = makeConfig({
    file: {
      algorithm,
      frames: 1,
      size: SIDE,
      input: "frames",
      decoder: "none",
      channels: 8,
      shots: 2,
      queries: 3,
      alpha: 0.1,
      beta: 0.01,
      seed: 3,
      ...changes,
    },
  });
  return settleConfig(config, SET, SPLIT.train);
}

async function train(config: Config, steps: number): Promise<TrainState> {
  const runner = localRunner({ config, set: SET }, new AbortController().signal);
  let state = await firstState(config, SET.classes.length);
  for (let step = 0; step < steps; step++) state = await outerStep(config, SET, SPLIT.train, runner, state);
  return state;
}

for (const algorithm of NAMES) {
  Deno.test(`${algorithm} learns stripes of people it has not seen, before and after calibration`, async () => {
    await chooseBackend("wasm");
    const config = configOf(algorithm);
    const runner = localRunner({ config, set: SET }, new AbortController().signal);
    const state = await withTensorCount(() => train(config, algorithm === "relationnet" ? 45 : 15));
    const whole = await withTensorCount(() =>
      finishTraining(runner, config, SET, SPLIT.train, state.theta, { name: "toy", provenance: {} })
    );
    assertEquals("memory" in whole.weights, ALGORITHMS[algorithm].training === "metric");
    const { accuracy } = await withTensorCount(() => evaluateHoldout(runner, config, SET, SPLIT, whole));
    // Chance is one third.
    assert(accuracy.before > 0.6 && accuracy.after > 0.6, `accuracy ${accuracy.before} → ${accuracy.after}`);
  });

  Deno.test(`${algorithm}: the same seed gives the same θ to the bit, another seed another`, async () => {
    await chooseBackend("wasm");
    const theta = async (seed: number) =>
      flattenWeights((await train(configOf(algorithm, { seed }), 2)).theta.params as Record<string, StoredTensor>);
    const first = await theta(3);
    assertEquals(await theta(3), first);
    assertNotEquals(await theta(4), first);
  });
}

/** What settling decides for each algorithm: steps, α, order, rates, λ2, u. */
const SETTLED: Readonly<Record<Algorithm, [number, number, boolean, boolean, number, number]>> = {
  lightman: [1, 0.05, false, true, 0.45, 0.5],
  maml: [1, 0.05, false, true, 0, 0.5],
  fomaml: [1, 0.05, true, false, 0, 0.5],
  anil: [1, 0.2, false, true, 0, 0.5],
  reptile: [5, 0.05, true, false, 0, 0.5],
  protonet: [0, 0.2, false, false, 0, 0],
  relationnet: [0, 0.2, false, false, 0, 0],
  matchingnet: [0, 0.2, false, false, 0, 0],
  supervised: [5, 0.05, false, false, 0, 0.5],
  multitask: [5, 0.05, false, false, 0.45, 0.5],
};

for (const algorithm of NAMES) {
  Deno.test(`settleConfig() records what ${algorithm} does`, () => {
    const input = makeConfig({ flags: { algorithm }, file: { frames: 8, macro: "magnify" } });
    const set = { ...SET, recipe: { ...SET.recipe, frames: 8 } };
    const { innerSteps, alpha, firstOrder, learnInnerRates, lambda2, uncalibratedWeight } = settleConfig(
      input,
      set,
      [0],
    );
    assertEquals([innerSteps, alpha, firstOrder, learnInnerRates, lambda2, uncalibratedWeight], SETTLED[algorithm]);
    assertEquals(settleConfig(settleConfig(input, set, [0]), set, [0]), settleConfig(input, set, [0]));
  });
}

Deno.test("settleConfig() keeps the steps that are asked for, where there are steps", () => {
  const steps = (algorithm: Algorithm) =>
    settleConfig(makeConfig({ flags: { algorithm, innerSteps: 3 } }), SET, [0]).innerSteps;
  assertEquals([steps("reptile"), steps("maml"), steps("supervised"), steps("protonet")], [3, 3, 3, 0]);
});

Deno.test("firstState() of anil learns rates of the head alone", async () => {
  await chooseBackend("cpu");
  const rates = (await firstState(configOf("anil"), 3)).theta.rates!;
  assertEquals(Object.keys(flattenWeights(rates)), ["head.w", "head.b"]);
});

Deno.test("anil's outer step moves the body, its inner step does not", async () => {
  await chooseBackend("wasm");
  const config = configOf("anil", { uncalibratedWeight: 0 });
  const [before, after] = [await train(config, 0), await train(config, 1)];
  const at = (state: TrainState) => flattenWeights(state.theta.params as Record<string, StoredTensor>)["conv1.w"];
  assertNotEquals(at(after), at(before));
});

Deno.test("stepWeights() falls from even to the last step alone at half the run", () => {
  assertEquals(stepWeights(1, 0), null);
  assertEquals(stepWeights(2, 0), [0.5, 0.5]);
  assertEquals(stepWeights(4, 0.25), [0.125, 0.125, 0.125, 0.625]);
  assertEquals([stepWeights(3, 0.5), stepWeights(3, 1)], [[0, 0, 1], [0, 0, 1]]);
});

Deno.test("multiStepLoss changes the course of several steps, and nothing for one", async () => {
  await chooseBackend("wasm");
  const theta = async (changes: ConfigInput) =>
    flattenWeights((await train(configOf("maml", changes), 1)).theta.params as Record<string, StoredTensor>);
  assertEquals(await theta({ multiStepLoss: true }), await theta({}));
  assertNotEquals(await theta({ multiStepLoss: true, innerSteps: 2 }), await theta({ innerSteps: 2 }));
});

Deno.test("baseMemory() is the mean of each class's features over training subjects, whatever the batches", async () => {
  await chooseBackend("wasm");
  const config = configOf("protonet");
  const runner = localRunner({ config, set: SET }, new AbortController().signal);
  const { theta } = await train(config, 1);
  const stats = await runningStatistics(runner, theta, SET, SPLIT.train, 0);
  const memory = await withTensorCount(() => baseMemory(runner, { theta, stats }, SET, SPLIT.train));
  const { features, labels } = memory as { features: StoredTensor; labels: StoredTensor };
  assertEquals([...labels.data], [0, 1, 2]);
  const own = Array.from(SET.labels.keys()).filter((i) =>
    SET.labels[i] === 1 && SPLIT.train.includes(SET.subjects[i]!)
  );
  const rows = await runner.run<"features">(own.map((clip) => ({ kind: "features", theta, stats, clips: [clip] })));
  const width = features.shape[1]!;
  for (let f = 0; f < width; f++) {
    const mean = rows.reduce((sum, result) => sum + result.rows[0]![f]!, 0) / own.length;
    assertAlmostEquals((features.data as Float32Array)[width + f]!, mean, 1e-5);
  }
  // A class that the training subjects lack has no entry.
  const without = { ...SET, labels: SET.labels.map((label) => label === 1 ? 0 : label) };
  const fewer = await baseMemory(
    localRunner({ config, set: without }, new AbortController().signal),
    {
      theta,
      stats,
    },
    without,
    SPLIT.train,
  );
  assertEquals([...(fewer.labels as StoredTensor).data], [0, 2]);
});
