import { assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { calibrationError, temper } from "../../lib/eval/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { loadModel } from "../../lib/storage/mod.ts";
import { calibrationErrors } from "../../lib/training/_calibration_errors.ts";
import { evaluateModel, trainModel } from "../../lib/training/mod.ts";
import { tinyClips, tinyConfig, tinyOptions, withSets } from "./_util/tiny_run.ts";

/** What the network itself says of two clips of a calibrated person, and of two of one who was not calibrated. */
const RAW = { own: [[0.7, 0.3], [0.4, 0.6]], other: [[0.9, 0.1], [0.2, 0.8]] };
const TRUTH = [0, 0];
const TEMPERATURE = { base: 0.5, calibrated: 4 };

Deno.test("calibrationErrors() takes off the temperature that a prediction had, also of who was not calibrated", () => {
  const served = (rows: readonly number[][], when: keyof typeof TEMPERATURE) =>
    Float32Array.from(rows.flatMap((row) => temper(row, TEMPERATURE[when])));
  const result = (subject: number, rows: readonly number[][], calibrated: boolean) => ({
    ...{ subject, truth: TRUTH, before: [0, 1], after: [0, 1], calibrated },
    probabilities: { before: served(rows, "base"), after: served(rows, calibrated ? "calibrated" : "base") },
  });
  const { before, after } = calibrationErrors([result(0, RAW.own, true), result(1, RAW.other, false)], TEMPERATURE)!;
  const expected = calibrationError([...RAW.own, ...RAW.other], [...TRUTH, ...TRUTH]);
  assertAlmostEquals(before.raw, expected, 1e-6);
  assertAlmostEquals(after.raw, expected, 1e-6);
  assertEquals(calibrationErrors([result(0, RAW.own, true)], undefined), null);
});

Deno.test("without calibration clips evaluateModel() reports the same calibration errors before and after", async () => {
  await chooseBackend("cpu");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const options = tinyOptions();
    await trainModel(tinyConfig(join(folder, "set.safetensors"), { outerSteps: 0 }), options);
    const { weights, card } = await loadModel(options.store, "default", "main");
    const model = { weights, card: { ...card, temperature: TEMPERATURE } };
    const { calibrationError: errors } = await evaluateModel(model, {
      ...{ workers: 0, signal: options.signal, onEvent: () => {}, shots: 0 },
    });
    assertEquals(errors!.after, errors!.before);
  });
});
