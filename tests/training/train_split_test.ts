import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { ConfigInput } from "../../lib/config/mod.ts";
import { type ClipSet, gatherClips, type SubjectSplit } from "../../lib/data/mod.ts";
import { confusionMatrix, uf1 } from "../../lib/eval/mod.ts";
import { chooseBackend, MemoryLimitError } from "../../lib/runtime/mod.ts";
import { type SplitResult, trainSplit, validationSplit } from "../../lib/training/mod.ts";
import { predictHoldout } from "../../lib/training/_evaluate.ts";
import { finishTraining } from "../../lib/training/_finish_training.ts";
import { firstState } from "../../lib/training/_first_state.ts";
import { localRunner } from "../../lib/training/_local_runner.ts";
import { outerStep } from "../../lib/training/_meta_train.ts";
import { settleConfig } from "../../lib/training/_settle_config.ts";
import { FOUR_PEOPLE, pictureSet, tinyConfig } from "../study/_util/tiny_study.ts";
import { withTensorCount } from "../_util/leaks.ts";

await chooseBackend("wasm");

const SPLIT: SubjectSplit = { train: [0, 1, 2], heldout: [3] };

/** Three to train on, and people of one clip each: what is said of each clip can be told apart by its subject. */
const SINGLES = pictureSet([
  ...["a/1", "a/2", "a/3"].flatMap((name) => ["calm", "glad"].map((label) => [name, label, 3, "micro"] as const)),
  ...Array.from({ length: 8 }, (_, i) => [`b/${i}`, i < 6 ? "calm" : "glad", 1, "micro"] as const),
]);
const SINGLES_SPLIT: SubjectSplit = { train: [0, 1, 2], heldout: [3, 4, 5, 6, 7, 8, 9, 10] };

/** Seven people to train on and choose on, two held out. */
const NINE_PEOPLE = pictureSet(
  Array.from({ length: 9 }, (_, i) => `a/${i}`).flatMap((name) =>
    ["calm", "glad"].map((label) => [name, label, 3, "micro"] as const)
  ),
);
const NINE_SPLIT: SubjectSplit = { train: [0, 1, 2, 3, 4, 5, 6], heldout: [7, 8] };

function train(changes: ConfigInput, set: ClipSet, split: SubjectSplit, shots = [0, 1]): Promise<SplitResult> {
  return trainSplit(tinyConfig(changes), set, split, {
    evaluations: shots.map((k) => ({ shots: k })),
    signal: new AbortController().signal,
  });
}

/** What does not depend on the clock. */
const said = ({ history, evaluations }: SplitResult) => ({ history, evaluations });

/** The set with the labels of some subjects' clips turned to the other of two classes. */
function turned(set: ClipSet, subjects: readonly number[]): ClipSet {
  return { ...set, labels: set.labels.map((label, i) => subjects.includes(set.subjects[i]!) ? 1 - label : label) };
}

Deno.test("trainSplit() evaluates the last θ, no other", async () => {
  // Steps so large that each θ says something else.
  const config = settleConfig(
    tinyConfig({ outerSteps: 4, beta: 0.3, alpha: 0.2, weightDecay: 0 }),
    FOUR_PEOPLE,
    SPLIT.train,
  );
  const runner = localRunner({ config, set: FOUR_PEOPLE }, new AbortController().signal);
  const predictions: unknown[] = [];
  let state = await firstState(config, 2);
  for (;;) {
    const model = await finishTraining(runner, config, FOUR_PEOPLE, SPLIT.train, state.theta, {
      name: "by-hand",
      provenance: {},
    });
    const { subjects } = await predictHoldout(runner, config, FOUR_PEOPLE, SPLIT, model, { shots: 0 });
    predictions.push(subjects.map(({ truth, before, after }) => ({ truth, before, after })));
    if (state.step === 4) break;
    state = await outerStep(config, FOUR_PEOPLE, SPLIT.train, runner, state);
  }
  assert(new Set(predictions.map((one) => JSON.stringify(one))).size > 1, "every θ says the same");
  assertNotEquals(predictions[3], predictions[4], "the last two θ say the same: the test could not tell them apart");
  const { evaluations, history } = await train(
    { outerSteps: 4, beta: 0.3, alpha: 0.2, weightDecay: 0 },
    FOUR_PEOPLE,
    SPLIT,
  );
  assertEquals(evaluations[0]!.map(({ truth, before, after }) => ({ truth, before, after })), predictions[4]);
  assertEquals(history, state.history);
});

Deno.test("trainSplit() never lets labels of held-out subjects into training, weights of classes or θ", async () => {
  const changes: ConfigInput = { outerSteps: 15, beta: 0.03, channels: 4, shots: 2, classWeights: true };
  const { train: own, heldout } = SINGLES_SPLIT;
  const plain = await train(changes, SINGLES, SINGLES_SPLIT);
  const other = await train(changes, turned(SINGLES, heldout), SINGLES_SPLIT);
  assertEquals(other.history, plain.history, "loss, accuracy and gradient norm of every step, to the bit");
  plain.evaluations.forEach((rows, k) =>
    rows.forEach((row, i) => {
      const its = other.evaluations[k]![i]!;
      assertEquals([its.subject, its.before, its.after], [row.subject, row.before, row.after]);
      assertEquals(its.truth, row.truth.map((label) => 1 - label));
    })
  );
  assertEquals(new Set(plain.evaluations[0]!.flatMap((row) => row.after)).size, 2, "both classes are predicted");
  // And the check can fail: labels of training subjects do matter.
  const wrong = await train(changes, turned(SINGLES, own.slice(0, 1)), SINGLES_SPLIT);
  assertNotEquals(wrong.history, plain.history);
});

Deno.test("trainSplit() never lets pictures of held-out subjects into training", async () => {
  const plain = await train({ outerSteps: 3 }, FOUR_PEOPLE, SPLIT);
  const length = FOUR_PEOPLE.clips.length / FOUR_PEOPLE.ids.length;
  const blank = FOUR_PEOPLE.clips.map((value, at) => FOUR_PEOPLE.subjects[Math.floor(at / length)] === 3 ? 0 : value);
  const other = await train({ outerSteps: 3 }, { ...FOUR_PEOPLE, clips: blank }, SPLIT);
  assertEquals(other.history, plain.history);
});

Deno.test("trainSplit() refuses a held-out subject in training", async () => {
  await assertRejects(
    () => train({}, FOUR_PEOPLE, { train: [0, 1, 3], heldout: [2, 3] }),
    RangeError,
    "expected held-out subjects, got b/2 in training too",
  );
});

Deno.test("trainSplit() gives the same again to the bit, other figures for another seed, and frees its tensors", async () => {
  const first = await withTensorCount(() => train({}, FOUR_PEOPLE, SPLIT));
  const again = await train({}, FOUR_PEOPLE, SPLIT);
  assertEquals(said(again), said(first));
  assertNotEquals((await train({ seed: 1 }, FOUR_PEOPLE, SPLIT)).history, first.history);
});

Deno.test("trainSplit() is not moved by what is evaluated, and reports steps and sizes", async () => {
  const steps: number[][] = [];
  const one = await trainSplit(tinyConfig(), FOUR_PEOPLE, SPLIT, {
    evaluations: [{ shots: 1 }],
    signal: new AbortController().signal,
    onStep: (...step) => steps.push(step),
  });
  const both = await train({}, FOUR_PEOPLE, SPLIT, [0, 1]);
  assertEquals(one.history, both.history);
  assertEquals(one.evaluations[0], both.evaluations[1]);
  assertEquals(steps, [[1, 2], [2, 2]]);
  assertEquals(one.bytes, 4 * one.parameters);
  assert(one.parameters > 100 && one.trainSeconds > 0 && one.evaluateSeconds > 0);
});

Deno.test("trainSplit() stops at its signal", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const error = await assertRejects(() =>
    trainSplit(tinyConfig({ outerSteps: 1000 }), FOUR_PEOPLE, SPLIT, {
      evaluations: [],
      signal: stop.signal,
      onStep: (step) => step === 2 && stop.abort(reason),
    })
  );
  assertEquals(error, reason);
});

Deno.test("trainSplit() refuses the largest calibration of its evaluations before it trains", async () => {
  const set = pictureSet(
    ["a/1", "a/2", "a/3", "a/4"].flatMap((subject) =>
      ["calm", "glad"].map((label) => [subject, label, subject === "a/4" ? 400 : 2, "micro"] as const)
    ),
  );
  const error = await assertRejects(() => train({ size: 128, channels: 32 }, set, SPLIT, [1, 300]), MemoryLimitError);
  assertEquals(error.message.match(/a calibration on \d+ micro/)?.[0], "a calibration on 600 micro");
});

Deno.test("trainSplit() evaluates the θ that validation subjects choose, for each number of shots its own", async () => {
  // Steps so large that each θ says something else.
  const changes = { outerSteps: 5, selectEvery: 1, beta: 0.3, alpha: 0.2, weightDecay: 0, queries: 2 };
  const chosen = await train({ ...changes, validation: 0.3 }, NINE_PEOPLE, NINE_SPLIT, [0, 1]);
  assertEquals(chosen.selections!.map(({ shots, curve }) => [shots, curve.length]), [[0, 5], [1, 5]]);
  const { train: fit, heldout: validation } = validationSplit(
    tinyConfig({ validation: 0.3 }),
    NINE_PEOPLE,
    NINE_SPLIT.train,
  )!;
  for (const [i, { step, score, shots, curve }] of chosen.selections!.entries()) {
    assertEquals(curve.find((point) => point.score === Math.max(...curve.map((one) => one.score))), { step, score });
    // By hand: as many steps, on those that are not set aside.
    const short = { ...changes, outerSteps: step };
    const [own] = (await train(short, NINE_PEOPLE, { ...NINE_SPLIT, train: fit }, [shots])).evaluations;
    assertEquals(chosen.evaluations[i], own);
    const [seen] = (await train(short, NINE_PEOPLE, { train: fit, heldout: validation }, [shots])).evaluations;
    const said = seen!.flatMap((one) => shots === 0 ? one.before : one.after);
    assertEquals(uf1(confusionMatrix(seen!.flatMap((one) => one.truth), said, 2)), score);
  }
});

Deno.test("trainSplit() chooses the same θ whatever clips and labels the held-out subjects have", async () => {
  const changes = { outerSteps: 5, selectEvery: 1, beta: 0.3, alpha: 0.2, validation: 0.3 };
  const one = await train(changes, NINE_PEOPLE, NINE_SPLIT);
  const other = turned(NINE_PEOPLE, NINE_SPLIT.heldout);
  const clips = gatherClips(other, other.ids.map((_, i) => i));
  const length = clips.length / other.ids.length;
  other.subjects.forEach((subject, i) => {
    if (NINE_SPLIT.heldout.includes(subject)) clips.subarray(i * length, (i + 1) * length).reverse();
  });
  const two = await train(changes, { ...other, clips }, NINE_SPLIT);
  assertEquals([two.selections, two.history], [one.selections, one.history]);
  assertNotEquals(two.evaluations, one.evaluations);
});
