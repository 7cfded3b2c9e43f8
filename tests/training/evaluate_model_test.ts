import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { loadModel } from "../../lib/storage/mod.ts";
import { evaluateModel, type EvaluateModelOptions, trainModel } from "../../lib/training/mod.ts";
import { tinyClips, tinyConfig, tinyOptions, withSets, writeSet } from "./_util/tiny_run.ts";

/** A trained tiny model, in a folder with its data. */
async function withModel(
  body: (
    evaluate: (options?: Partial<EvaluateModelOptions>) => ReturnType<typeof evaluateModel>,
    folder: string,
    trained: Awaited<ReturnType<typeof trainModel>>,
  ) => Promise<void>,
): Promise<void> {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const options = tinyOptions();
    const trained = await trainModel(tinyConfig(join(folder, "set.safetensors"), { outerSteps: 1 }), options);
    const model = await loadModel(options.store, "default", "main", { alias: "stable" });
    const before = structuredClone(model.weights);
    const keys = await options.store.list("");
    await body(
      (changes = {}) => evaluateModel(model, { workers: 0, signal: options.signal, onEvent: () => {}, ...changes }),
      folder,
      trained,
    );
    assertEquals([model.weights, await options.store.list("")], [before, keys], "evaluation changes no model");
  });
}

Deno.test("evaluateModel() says of the held-out subjects what training said, with any number of workers", () =>
  withModel(async (evaluate, _folder, { evaluation }) => {
    assertEquals(await evaluate(), evaluation);
    assertEquals(await evaluate({ workers: 2 }), evaluation);
  }));

Deno.test("evaluateModel() refuses to hold out a subject that the model was trained on", () =>
  withModel(async (evaluate) => {
    await assertRejects(
      () => evaluate({ holdout: ["t/s1", "t/s3"] }),
      RangeError,
      "Cannot hold out t/s1: the model was trained on 1 of these",
    );
    await assertRejects(() => evaluate({ holdout: 0.9 }), RangeError, "Cannot hold out t/s");
  }));

Deno.test("evaluateModel() takes all subjects of other data, and refuses classes that the model does not know", () =>
  withModel(async (evaluate, folder) => {
    const data = join(folder, "other.safetensors");
    const names = { subjectNames: ["u/1", "u/2", "u/3"] };
    await writeSet(data, { ...tinyClips(), ...names });
    const { subjects } = await evaluate({ data });
    assertEquals(subjects.map(({ subject }) => subject), ["u/1", "u/2", "u/3"]);
    await writeSet(data, { ...tinyClips(), ...names, classes: ["disgust", "fear", "surprise"] });
    await assertRejects(
      () => evaluate({ data }),
      RangeError,
      `Cannot evaluate on ${data}: expected classes negative, positive, surprise, got also disgust, fear`,
    );
    // The same people under the same names are no new subjects, whatever the file.
    await writeSet(data, tinyClips());
    await assertRejects(() => evaluate({ data }), RangeError, "Cannot hold out t/s1, t/s2");
  }));

Deno.test("evaluateModel() takes a subject with clips of one class, and one without calibration clips", () =>
  withModel(async (evaluate, folder) => {
    const data = join(folder, "other.safetensors");
    // One has three clips of one class, one a single clip of each class, one both.
    const micro = (subject: number, label: number) => [[3, 0, 0], [1, 1, 1], [2, 1, 0]][subject]![label]!;
    await writeSet(data, { ...tinyClips({ micro }), subjectNames: ["u/1", "u/2", "u/3"] });
    const { subjects, accuracy } = await evaluate({ data });
    assertEquals(subjects.map(({ subject, clips }) => [subject, clips]), [["u/1", 2], ["u/2", 3], ["u/3", 2]]);
    const [, uncalibrated] = subjects;
    assertEquals(uncalibrated!.before, uncalibrated!.after, "nothing to calibrate on: nothing changes");
    assert(accuracy.after >= 0 && accuracy.after <= 1);
  }));

Deno.test("evaluateModel() refuses calibrations that no held-out subject has the clips for, and says what works", () =>
  withModel(async (evaluate, folder) => {
    // The held-out subject has two clips of each of three classes.
    await assertRejects(
      () => evaluate({ shots: 2 }),
      RangeError,
      "Cannot evaluate with K = 2: no held-out subject has 3 clips in two classes; the largest K that works is 1",
    );
    assertEquals((await evaluate({ shots: 1 })).shots, 1);
    await assertRejects(
      () => evaluate({ absent: 3 }),
      RangeError,
      "Cannot leave 3 classes out of calibration: there are 3; the most that works is 2",
    );
    const data = join(folder, "other.safetensors");
    const names = { subjectNames: ["u/1", "u/2", "u/3"] };
    await writeSet(data, { ...tinyClips({ micro: () => 1 }), ...names });
    await assertRejects(() => evaluate({ data, shots: 1 }), RangeError, "add clips of theirs, or hold out others");
    const none = tinyClips();
    await writeSet(data, { ...none, ...names, kinds: none.kinds.map(() => "macro") });
    await assertRejects(
      () => evaluate({ data }),
      RangeError,
      "expected micro clips of the held-out subjects, got none",
    );
  }));

Deno.test("evaluateModel() stops for the signal's reason", () =>
  withModel(async (evaluate) => {
    await assertRejects(() => evaluate({ signal: AbortSignal.abort(new Error("enough")) }), Error, "enough");
  }));
