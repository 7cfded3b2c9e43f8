import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import type { Config } from "../../lib/config/mod.ts";
import { type BackendName, chooseBackend, countTensors } from "../../lib/runtime/mod.ts";
import { loadModel } from "../../lib/storage/mod.ts";
import { trainModel } from "../../lib/training/mod.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { stoppedAt, tinyClips, tinyConfig, tinyOptions, withSets, writeSet } from "./_util/tiny_run.ts";

const onCpuAndWasm = (name: string, test: (backend: BackendName) => Promise<void>) =>
  onEachBackend(name, test, ["cpu", "wasm"]);

onCpuAndWasm(
  "trainModel() ends at the same θ to the bit with 0, 1 and 2 workers, and at another with another seed",
  () =>
    withSets({ "set.safetensors": tinyClips() }, async (folder) => {
      const data = join(folder, "set.safetensors");
      const run = async (workers: number, seed = 0) => {
        const { version } = await trainModel(tinyConfig(data, { seed }), tinyOptions({ workers }));
        return version;
      };
      const version = await run(0);
      assertEquals([await run(0), await run(1), await run(2)], [version, version, version]);
      assertNotEquals(await run(0, 1), version);
    }),
);

onCpuAndWasm(
  "trainModel() with augment ends at one θ to the bit with 0, 1 and 2 workers and after a stop, another than without",
  () =>
    withSets({ "set.safetensors": tinyClips() }, async (folder) => {
      const config = tinyConfig(join(folder, "set.safetensors"), {
        augment: "flip",
        outerSteps: 2,
        checkpointEvery: 9,
      });
      const run = async (changes: Partial<Config> = {}, options = tinyOptions()) => {
        await trainModel({ ...config, ...changes }, options);
        return (await loadModel(options.store, "default", "main", { alias: "stable" })).weights.params;
      };
      const theta = await run();
      const stopped = stoppedAt(1, { workers: 1 });
      await assertRejects(() => run({}, stopped), Error, "stopped");
      assertEquals(await run({}, tinyOptions({ workers: 2, store: stopped.store })), theta);
      assertNotEquals(await run({ augment: "none" }), theta);
    }),
);

Deno.test("trainModel() mirrors clips of mixed batches and their macro clips too", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const run = async (augment: "none" | "flip") => {
      const options = tinyOptions();
      const config = tinyConfig(join(folder, "set.safetensors"), { algorithm: "multitask", outerSteps: 1, augment });
      await trainModel(config, options);
      return (await loadModel(options.store, "default", "main", { alias: "stable" })).weights.params;
    };
    assertNotEquals(await run("none"), await run("flip"));
  });
});

Deno.test("trainModel() evaluates clips as they are, whatever training mirrors", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips({ micro: () => 4 }) }, async (folder) => {
    const config = tinyConfig(join(folder, "set.safetensors"), { outerSteps: 0 });
    const [plain, mirrored] = [
      await trainModel(config, tinyOptions()),
      await trainModel({ ...config, augment: "flip" }, tinyOptions()),
    ];
    assertEquals(mirrored.evaluation, plain.evaluation);
  });
});

Deno.test("trainModel() never learns from held-out subjects: their pixels and labels change no bit of the model", async () => {
  await chooseBackend("wasm");
  const set = tinyClips();
  const changed = { ...set, clips: set.clips.slice(), labels: set.labels.slice() };
  const length = set.clips.length / set.ids.length;
  set.subjects.forEach((subject, i) => {
    if (subject !== 2) return;
    changed.clips.fill(i, i * length, (i + 1) * length);
    changed.labels[i] = 0;
  });
  await withSets({ "set.safetensors": set }, async (folder) => {
    const data = join(folder, "set.safetensors");
    // Class weights are counted, running statistics are taken and mixed batches drawn: all on training subjects.
    const config = tinyConfig(data, { classWeights: true });
    const one = await trainModel(config, tinyOptions());
    await writeSet(data, changed);
    const two = await trainModel(config, tinyOptions());
    assertEquals(two.version, one.version);
    assertNotEquals(two.evaluation.confusion, one.evaluation.confusion);
    const trained = { ...config, holdout: ["t/s2"] };
    assertNotEquals((await trainModel(trained, tinyOptions())).version, one.version);
  });
});

Deno.test("trainModel() chooses θ without the held-out subjects: their pixels and labels change neither step nor θ", async () => {
  await chooseBackend("wasm");
  const set = tinyClips({ subjects: 6, micro: () => 3 });
  /** The set with other clips and labels of some subjects. */
  const changed = (subjects: readonly number[]) => {
    const other = { ...set, clips: set.clips.slice(), labels: set.labels.slice() };
    const length = set.clips.length / set.ids.length;
    set.subjects.forEach((subject, i) => {
      if (!subjects.includes(subject)) return;
      other.clips.fill(i, i * length, (i + 1) * length);
      other.labels[i] = (set.labels[i]! + 1) % 3;
    });
    return other;
  };
  await withSets({ "set.safetensors": set }, async (folder) => {
    const data = join(folder, "set.safetensors");
    const config = tinyConfig(data, {
      ...{ validation: 0.4, selectEvery: 1, outerSteps: 4, classWeights: true, beta: 0.1, alpha: 0.2 },
    });
    const one = await trainModel(config, tinyOptions());
    const { train, heldout, validation } = one.subjects;
    assertEquals([train.length, heldout, validation.length], [5, ["t/s3"], 2]);
    assertEquals(validation.filter((name) => !train.includes(name)), []);
    await writeSet(data, changed([2]));
    const two = await trainModel(config, tinyOptions());
    assertEquals([two.version, two.selection, two.history], [one.version, one.selection, one.history]);
    assertNotEquals(two.evaluation.confusion, one.evaluation.confusion);
    // Validation subjects choose, and teach nothing.
    await writeSet(data, changed(validation.map((name) => set.subjectNames.indexOf(name))));
    const three = await trainModel(config, tinyOptions());
    assertEquals(three.history, one.history);
    assertNotEquals(three.selection, one.selection);
    assertEquals(JSON.parse(one.card.provenance.validationSubjects!), validation);
    // Temperatures come from them, and from nobody else: `changed` held-out subjects left the version as it was.
    const { temperature } = one.card;
    assertEquals(Object.values(temperature!).every((t) => t >= 0.05 && t <= 20 && t !== 1), true);
    assertEquals(two.card.temperature, temperature);
    const { before, after } = one.evaluation.calibrationError!;
    assertEquals([one.metrics.eceBefore, one.metrics.eceAfterRaw], [before.tempered, after.raw]);
    assertEquals(Number(one.card.provenance.selectedStep), one.selection!.step);
  });
});

Deno.test("trainModel() publishes a card that says what the model is and what it was trained on", async () => {
  await chooseBackend("cpu");
  await withSets({ "set.safetensors": tinyClips({ micro: (subject) => subject + 2 }) }, async (folder) => {
    const config = tinyConfig(join(folder, "set.safetensors"), { classWeights: true, outerSteps: 1 });
    const options = tinyOptions({ provenance: { commit: "abc", date: "2025-01-01" } });
    const { version, card, metrics, history, subjects, evaluation } = await trainModel(config, options);
    const { version: loaded, card: { version: _, weightsSha256: __, ...stored }, weights } = await loadModel(
      options.store,
      "default",
      "main",
      {
        alias: "stable",
      },
    );
    assertEquals([loaded, stored], [version, card]);
    assertEquals(card, {
      formatVersion: 1,
      name: "main",
      config: { ...config, classWeights: [1, 1, 1], innerSteps: 1, alpha: 0.05 },
      classes: ["negative", "positive", "surprise"],
      recipe: { frames: 2, size: 16, channels: 1, input: "difference", time: "tim" },
      metrics,
      provenance: {
        backend: "cpu",
        clips: "36",
        trainSubjects: '["t/s1","t/s2"]',
        commit: "abc",
        date: "2025-01-01",
      },
      parameters: 233,
      bytes: 932,
    });
    assertEquals(Object.keys(weights).sort(), ["params", "rates", "stats"]);
    assertEquals(subjects, { train: ["t/s1", "t/s2"], heldout: ["t/s3"], validation: [] });
    const { accuracy } = evaluation;
    assertEquals([metrics.accuracyBefore, metrics.accuracyAfter], [accuracy.before, accuracy.after]);
    assertEquals(["gain" in metrics, "gainLow" in metrics], [true, false], "one subject gives no interval");
    assertEquals(history.map(({ step }) => step), [1]);
    // Three clips a class: one calibrates, and no held-out clip is predicted twice.
    assertEquals(evaluation.subjects.map(({ subject, clips }) => [subject, clips]), [["t/s3", 9]]);
  });
});

onCpuAndWasm(
  "trainModel() holds no more tensors after many steps than after one, and none when it is done",
  () =>
    withSets({ "set.safetensors": tinyClips() }, async (folder) => {
      const counts: number[] = [];
      const before = countTensors();
      const config = tinyConfig(join(folder, "set.safetensors"), { outerSteps: 5 });
      await trainModel(
        config,
        tinyOptions({ onEvent: (event) => event.type === "step" && counts.push(countTensors()) }),
      );
      assertEquals(counts, new Array(5).fill(counts[0]));
      assertEquals([counts[0], countTensors()], [before, before]);
    }),
);

Deno.test("trainModel() takes macro clips from the data, a file or magnification, or does without", async () => {
  await chooseBackend("wasm");
  const set = tinyClips();
  const micro = tinyClips({ macro: 0 });
  // The macro clips alone, of subjects of another name.
  const strangers = { ...tinyClips({ micro: () => 0, macro: 2 }), subjectNames: ["u/1", "u/2", "u/3"] };
  await withSets(
    { "set.safetensors": set, "micro.safetensors": micro, "macro.safetensors": strangers },
    async (folder) => {
      const file = (name: string) => join(folder, `${name}.safetensors`);
      const run = async (data: string, macro: string) => {
        const { version, card } = await trainModel(tinyConfig(file(data), { macro, outerSteps: 2 }), tinyOptions());
        return { version, settled: [card.config.macro, card.config.lambda1, card.config.lambda2] };
      };
      const data = await run("set", "data");
      assertEquals(data.settled, ["data", 0.55, 0.45]);
      const magnified = await run("micro", "magnify");
      assertEquals(magnified.settled, ["magnify", 0.55, 0.45]);
      // Without macro clips in the data, micro clips are magnified.
      assertEquals(await run("micro", "data"), magnified);
      const none = await run("micro", "none");
      assertEquals(none.settled, ["none", 1, 0]);
      const others = await run("micro", file("macro"));
      assertEquals(others.settled, [file("macro"), 0.55, 0.45]);
      assertEquals(new Set([data, magnified, none, others].map((result) => result.version)).size, 4);
    },
  );
});
