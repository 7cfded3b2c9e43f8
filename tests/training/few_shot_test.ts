import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { makeConfig } from "../../lib/config/mod.ts";
import type { LoadedClipSet } from "../../lib/data/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { loadModel } from "../../lib/storage/mod.ts";
import { predictHoldout } from "../../lib/training/_evaluate.ts";
import { evaluationTasks } from "../../lib/training/_evaluation_tasks.ts";
import { shuffledLabels } from "../../lib/training/_shuffled_labels.ts";
import { evaluateModel, trainModel, trainSplit } from "../../lib/training/mod.ts";
import { fakeRunner } from "./_util/fake_runner.ts";
import { tinyClips, tinyOptions, withSets } from "./_util/tiny_run.ts";

/** Characters: each its own subject and class, a bright cell at a place of its own in a 16 × 16 picture. */
function characters(count: number, drawings: number): LoadedClipSet {
  const size = 16;
  const clips = new Uint8Array(count * drawings * size * size);
  const rows = Array.from({ length: count * drawings }, (_, i) => Math.floor(i / drawings));
  rows.forEach((character, i) => {
    const random = createRandom(0, "character", i);
    for (let pixel = 0; pixel < size * size; pixel++) {
      const [x, y] = [pixel % size, Math.floor(pixel / size)];
      const inside = Math.floor(x / 4) === character % 4 && Math.floor(y / 4) === Math.floor(character / 4) % 4;
      clips[i * size * size + pixel] = Math.round((inside ? 200 : 40) + random.range(-20, 20));
    }
  });
  return {
    recipe: { frames: 1, size, channels: 1, input: "frames", time: "tim" },
    clips,
    ids: rows.map((_, i) => `c${i}`),
    labels: Int32Array.from(rows),
    subjects: Int32Array.from(rows),
    kinds: rows.map(() => "micro"),
    classes: Array.from({ length: count }, (_, i) => `k${String(i).padStart(2, "0")}`),
    subjectNames: Array.from({ length: count }, (_, i) => `omni/${String(i).padStart(2, "0")}`),
  };
}

const classical = (...set: string[]) =>
  makeConfig({
    set: [
      ...["shuffleLabels=true", "ways=3", "episodes=mixed", "shots=1", "queries=3", "decoder=none", "channels=4"],
      ...["frames=1", "size=16", "input=frames", "repeats=20", "outerSteps=2", ...set],
    ],
  });

Deno.test("shuffledLabels() numbers a task's classes once each and no other", () => {
  const set = characters(6, 3);
  const episode = { ways: [1, 3, 4], subject: 1, support: [], query: [], macro: [] };
  const orders = Array.from({ length: 30 }, (_, i) => shuffledLabels(set, episode, createRandom(i, "test")));
  for (const order of orders) {
    assertEquals([1, 3, 4].map((label) => order[label]!).sort(), [0, 1, 2]);
    assertEquals([0, 2, 5].map((label) => order[label]), [-1, -1, -1]);
  }
  assert(new Set(orders.map(String)).size === 6, "every order occurs");
});

Deno.test("evaluationTasks() with shuffled labels draws tasks of held-out subjects alone, with labels that differ from task to task", () => {
  const set = characters(10, 4);
  const tasks = evaluationTasks(classical(), set, { train: [], heldout: [6, 7, 8, 9] }, { shots: 1, repeats: 50 });
  assertEquals(new Set(tasks.map((task) => task.name)).size, 50);
  for (const { episode: { support, query, ways }, labelOrder } of tasks) {
    assertEquals([ways.length, support.length, query.length], [3, 3, 9]);
    assert([...support, ...query].every((i) => set.subjects[i]! >= 6));
    assertEquals(new Set([...support, ...query]).size, 12);
    assert(ways.every((label) => labelOrder![label]! >= 0));
  }
  const places = tasks.map((task) => task.labelOrder![6]).filter((place) => place !== -1);
  assert(new Set(places).size === 3, "a class has different places in different tasks");
});

for (const [norm, least] of [["support", 0.6], ["transductive", 0.45]] as const) {
  Deno.test(`trainSplit() with shuffled labels learns new classes from one clip each, norm ${norm}`, async () => {
    await chooseBackend("wasm");
    const set = characters(16, 6);
    const split = { train: Array.from({ length: 12 }, (_, i) => i), heldout: [12, 13, 14, 15] };
    const config = classical(`norm=${norm}`, "algorithm=maml", "outerSteps=60", "beta=0.01", "alpha=0.4");
    const { evaluations, history } = await trainSplit(config, set, split, {
      evaluations: [{ shots: 1 }],
      signal: new AbortController().signal,
    });
    const [tasks] = evaluations;
    assertEquals(tasks!.length, 20);
    const share = (side: "before" | "after") => {
      const all = tasks!.flatMap((task) => task.truth.map((label, i) => label === task[side][i]));
      return all.filter(Boolean).length / all.length;
    };
    assert(tasks!.every((task) => task.truth.every((label) => label >= 0 && label < 3)));
    assert(Math.abs(share("before") - 1 / 3) < 0.15, `before calibration labels are chance, got ${share("before")}`);
    assert(share("after") > least, `after one clip a class ${share("after")}; loss ${history.at(-1)!.loss}`);
  });
}

Deno.test("shuffled labels need ways, tasks, and no class weights", () => {
  for (
    const [set, field] of [
      [["shuffleLabels=true"], "ways"],
      [["shuffleLabels=true", "ways=5", "algorithm=supervised"], "algorithm"],
      [["shuffleLabels=true", "ways=5", "classWeights=true"], "classWeights"],
    ] as const
  ) assertThrows(() => makeConfig({ set }), RangeError, field);
});

Deno.test("evaluationTasks() with shuffled labels gives calibration macro clips, the subject's own or training subjects'", () => {
  const set = tinyClips({ subjects: 4 });
  const config = (macro: string) =>
    makeConfig({ set: ["shuffleLabels=true", "ways=2", "episodes=mixed", "shots=1", "macros=1", `macro=${macro}`] });
  const split = { train: [0, 1], heldout: [2, 3] };
  const macros = (kinds: readonly ("micro" | "macro")[], macro = "data") =>
    evaluationTasks(config(macro), { ...set, kinds }, split, { shots: 1, repeats: 10 }).map(({ episode }) => {
      assert(episode.macro.every((i) => kinds[i] === "macro" && episode.ways.includes(set.labels[i]!)));
      return episode.macro.map((i) =>
        set.subjects[i] === episode.subject ? "own" : set.subjects[i]! < 2 ? "train" : "?"
      );
    });
  assertEquals(new Set(macros(set.kinds).flat()), new Set(["own"]));
  const mine = set.kinds.map((kind, i) => set.subjects[i]! > 1 ? "micro" : kind);
  assertEquals(new Set(macros(mine).flat()), new Set(["train"]));
  assertEquals(macros(set.kinds, "magnify").flat(), []);
});

Deno.test("evaluateModel() says of a model of shuffled labels what training said, on classes of any name", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": characters(8, 4), "other.safetensors": characters(12, 4) }, async (folder) => {
    const data = join(folder, "set.safetensors");
    const config = classical("algorithm=maml", "holdout=0.5", "repeats=4", "channels=2");
    const options = tinyOptions();
    const { evaluation } = await trainModel({ ...config, data }, options);
    const model = await loadModel(options.store, "default", "main", { alias: "stable" });
    const how = { workers: 0, signal: options.signal, onEvent: () => {} };
    assertEquals(await evaluateModel(model, how), evaluation);
    const holdout = ["omni/10", "omni/11", "omni/09"];
    const other = await evaluateModel(model, { ...how, data: join(folder, "other.safetensors"), holdout });
    assertEquals([other.subjects.length, other.confusion.after.length], [4, 3]);
    const asked = (shots: number, holdout: string[]) =>
      evaluateModel(model, { ...how, data: join(folder, "other.safetensors"), holdout, shots });
    await assertRejects(() => asked(4, holdout), RangeError, "with K = 4: expected 5 clips of each class, got 4");
    await assertRejects(() => asked(1, holdout.slice(0, 2)), RangeError, "expected 3 classes, got 2; use --set ways=2");
  });
});

Deno.test("predictHoldout() counts classes left out of calibration as the task's truth counts them", async () => {
  const set = characters(8, 4);
  const runner = fakeRunner(() => ({ subject: 4, truth: [0], before: [0], after: [0] }));
  const model = { weights: {}, card: {} } as unknown as Parameters<typeof predictHoldout>[4];
  const { gone } = await predictHoldout(runner, classical(), set, { train: [], heldout: [4, 5, 6, 7] }, model, {
    absent: 1,
  });
  assertEquals(gone.length, 20);
  gone.forEach((labels, i) => {
    const job = runner.jobs[i]!;
    if (job.kind !== "evaluate") throw new Error(job.kind);
    const { episode, labelOrder } = job;
    const calibrated = new Set(episode.support.map((clip) => labelOrder![set.labels[clip]!]!));
    assertEquals([...labels, ...calibrated].sort(), [0, 1, 2]);
  });
});
