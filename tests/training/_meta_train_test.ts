import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { memoryStore } from "../../lib/storage/mod.ts";
import { DivergedError, outerStep } from "../../lib/training/_meta_train.ts";
import { flattenTree } from "../../lib/tree/mod.ts";
import { trainModel } from "../../lib/training/mod.ts";
import { join } from "@std/path";
import { fakeRunner, gradient, startState } from "./_util/fake_runner.ts";
import { tinyClips, tinyConfig, tinyOptions, withSets } from "./_util/tiny_run.ts";

const SET = tinyClips({ subjects: 4 });
const TRAIN = [0, 2];

Deno.test("outerStep() asks for clips of training subjects only, in tasks and in mixed batches, at every step", async () => {
  const config = tinyConfig("x", { tasksPerStep: 3, shuffleLabels: true, ways: 3 });
  const runner = fakeRunner(() => gradient(1));
  let state = startState();
  for (let step = 0; step < 20; step++) state = await outerStep(config, SET, TRAIN, runner, state);
  const seen = runner.jobs.flatMap((job) =>
    job.kind === "meta"
      ? [...job.episode.support, ...job.episode.query, ...job.episode.macro]
      : job.kind === "supervised"
      ? job.clips
      : []
  );
  assertEquals(new Set(seen.map((clip) => SET.subjects[clip])), new Set(TRAIN));
  assertEquals(runner.jobs.filter((job) => job.kind === "meta").length, 60);
  assertEquals(runner.jobs.filter((job) => job.kind === "supervised").length, 60);
});

Deno.test("outerStep() follows (1 − u) times the tasks' mean plus u times the mixed batches' mean", async () => {
  const config = tinyConfig("x", { uncalibratedWeight: 0.25, clipNorm: null, beta: 0.1, weightDecay: 0 });
  // Tasks 1 and 3 (mean 2), mixed 10 and 20 (mean 15): 0.75 · 2 + 0.25 · 15 = 5.25.
  const runner = fakeRunner((_, i) => gradient([1, 3, 10, 20][i]!));
  const { history, moments, theta, step } = await outerStep(config, SET, TRAIN, runner, startState());
  assertAlmostEquals((moments.params.first.w as Float32Array)[0]!, 0.1 * 5.25, 1e-6);
  assertAlmostEquals(history[0]!.gradientNorm, Math.sqrt(2) * 5.25, 1e-5);
  // Adam's first step is of length β whatever the gradient.
  assertAlmostEquals(flattenTree(theta.params)[0]![1].data[0]!, 1 - 0.1, 1e-5);
  assertEquals([step, history[0]!.loss, history[0]!.step], [1, 2, 1]);
});

Deno.test("outerStep() to first order for the warm-up steps, then exactly; the supervised baseline has no tasks", async () => {
  const config = tinyConfig("x", { warmupSteps: 2, tasksPerStep: 1, uncalibratedWeight: 0 });
  const runner = fakeRunner(() => gradient(1));
  let state = startState();
  for (let step = 0; step < 3; step++) state = await outerStep(config, SET, TRAIN, runner, state);
  assertEquals(runner.jobs.map((job) => job.kind === "meta" && job.firstOrder), [true, true, false]);
  const plain = tinyConfig("x", { algorithm: "supervised", uncalibratedWeight: 0 });
  const other = fakeRunner(() => gradient(1));
  await outerStep(plain, SET, TRAIN, other, startState());
  assertEquals(new Set(other.jobs.map((job) => job.kind)), new Set(["supervised"]));
});

Deno.test("outerStep() mirrors clips of each batch by augment, and draws the same batches as without", async () => {
  const jobsOf = async (augment: "none" | "flip") => {
    const runner = fakeRunner(() => gradient(1));
    const config = tinyConfig("x", { augment, algorithm: "lightman", tasksPerStep: 8, queries: 2 });
    await outerStep(config, SET, TRAIN, runner, startState());
    return runner.jobs.map((job) => {
      if (job.kind !== "meta" && job.kind !== "supervised") throw new Error(job.kind);
      const { flipped, ...rest } = job;
      const clips = job.kind === "meta"
        ? [...job.episode.support, ...job.episode.query, ...job.episode.macro]
        : [...job.clips, ...job.macro];
      assertEquals(flipped.filter((clip) => !clips.includes(clip)), []);
      return { flipped, rest };
    });
  };
  const [plain, mirrored] = [await jobsOf("none"), await jobsOf("flip")];
  assertEquals(mirrored.map(({ rest }) => rest), plain.map(({ rest }) => rest));
  assertEquals(plain.flatMap(({ flipped }) => flipped), []);
  for (const kind of ["meta", "supervised"]) {
    const own = mirrored.filter(({ rest }) => rest.kind === kind);
    assert(own.length === 8 && new Set(own.map(({ flipped }) => String(flipped))).size > 4, kind);
  }
});

for (
  const [what, bad] of [
    ["a loss that is no number", gradient(1, { loss: NaN })],
    ["an infinite loss", gradient(1, { loss: Infinity })],
    ["a gradient that is no number", gradient(1, { params: { w: Float32Array.of(0, NaN) } })],
  ] as const
) {
  Deno.test(`outerStep() stops at ${what}, before it moves θ, and names the step's clips`, async () => {
    const config = tinyConfig("x");
    const before = startState();
    const runner = fakeRunner((_, i) => i === 1 ? bad : gradient(1));
    const error = await assertRejects(() => outerStep(config, SET, TRAIN, runner, before), DivergedError, "at step 1;");
    assertEquals(before, startState());
    const asked = runner.jobs.map((job) => job.kind === "meta" ? job.episode : job.kind === "supervised" && job.clips);
    assertEquals([error.step, error.episodes], [0, asked]);
  });
}

Deno.test("trainModel() that diverges keeps the step's clips and the checkpoint before it, and publishes nothing", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const store = memoryStore();
    // The first step is sound and moves θ out of all bounds, so that the second overflows.
    const wild = { beta: 1e30, clipNorm: null, checkpointEvery: 100, outerSteps: 9 };
    const config = tinyConfig(join(folder, "set.safetensors"), wild);
    const error = await assertRejects(() => trainModel(config, tinyOptions({ store })), DivergedError);
    const key = `tenants/default/runs/run1/diverged-step-${error.step + 1}.json`;
    assert(error.message.endsWith(`; the step's episodes are in memory: at ${key}`), error.message);
    const kept = JSON.parse(new TextDecoder().decode((await store.get(key))!));
    assertEquals(kept, { step: error.step, episodes: JSON.parse(JSON.stringify(error.episodes)) });
    assert(error.step > 0 && error.episodes.length === 4);
    const keys = await store.list("");
    assertEquals(keys.filter((name) => !name.startsWith("tenants/default/runs/run1/")), []);
    assert(keys.some((name) => name.includes(`/checkpoints/${String(error.step).padStart(8, "0")}-`)), `${keys}`);
    // Resumed, it stops at the same step for the same reason.
    const again = await assertRejects(() => trainModel(config, tinyOptions({ store })), DivergedError);
    assertEquals([again.step, again.message], [error.step, error.message]);
  });
});
