import { assertEquals, assertRejects } from "@std/assert";
import { batchPredictions } from "../../functions/predict/_batch_predictions.ts";
import type { Predictor } from "../../lib/inference/mod.ts";

/** A predictor of two classes for clips of two bytes that counts its runs. */
function setUp(fail = false) {
  const runs: number[] = [];
  const predictor: Predictor = {
    bytes: 0,
    batches: true,
    // deno-lint-ignore require-await
    async predict(clips) {
      runs.push(clips.length / 2);
      if (fail) throw new Error("no memory");
      return Float32Array.from(clips, (value) => value / 8);
    },
    dispose() {},
  };
  return { runs, predict: batchPredictions(predictor, 2) };
}

Deno.test("batchPredictions() answers requests of one moment in one run, each with its own", async () => {
  const { runs, predict } = setUp();
  const parts = [[1, 2], [3, 4, 5, 6], [7, 8]].map((bytes) => Uint8Array.from(bytes));
  const answers = await Promise.all(parts.map(predict));
  assertEquals(answers, parts.map((clips) => Float32Array.from(clips, (value) => value / 8)));
  assertEquals(runs, [4]);
  await predict(parts[0]!);
  assertEquals(runs, [4, 1]);
});

Deno.test("batchPredictions() tells everyone of a run that it failed, and goes on", async () => {
  const { runs, predict } = setUp(true);
  const one = Uint8Array.of(1, 2);
  await Promise.all([1, 2].map(() => assertRejects(() => predict(one), Error, "no memory")));
  await assertRejects(() => predict(one), Error, "no memory");
  assertEquals(runs, [2, 1]);
});
