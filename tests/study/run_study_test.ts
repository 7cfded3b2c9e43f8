import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { innerRateOf } from "../../lib/config/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { join } from "@std/path";
import { type ObjectStore, openStore } from "../../lib/storage/mod.ts";
import { planStudy, runStudy, type RunStudyOptions, type StudyPlan, type UnitResult } from "../../lib/study/mod.ts";
import { loadData } from "../../lib/training/mod.ts";
import { withSets } from "../training/_util/tiny_run.ts";
import { FOUR_PEOPLE, pictureSet, tinyConfig } from "./_util/tiny_study.ts";

await chooseBackend("wasm");

/** Four trainings. */
const PLAN = planStudy("loso", tinyConfig(), FOUR_PEOPLE, { shots: [1] });

/** Runs a plan; what it said of progress is kept. */
async function run(plan: StudyPlan, store: ObjectStore, changes: Partial<RunStudyOptions> = {}) {
  const progress: [done: number, total: number, kept: number][] = [];
  const results = await runStudy(plan, FOUR_PEOPLE, {
    store,
    tenant: "default",
    workers: 0,
    signal: new AbortController().signal,
    onProgress: (...said) => progress.push(said),
    ...changes,
  });
  return { results, progress };
}

/** Results without the seconds, which differ from run to run. */
function timeless(results: readonly UnitResult[]): unknown[] {
  return results.map((result) => "failed" in result ? result : { ...result, trainSeconds: 0, evaluateSeconds: 0 });
}

const memory = () => openStore("memory:");

Deno.test("runStudy() returns predictions of every held-out subject, in the plan's order", async () => {
  const { results, progress } = await run(PLAN, memory());
  assertEquals(results.length, PLAN.units.length);
  results.forEach((result, i) => {
    if ("failed" in result) throw new Error(result.failed);
    const subject = FOUR_PEOPLE.subjectNames[PLAN.units[i]!.split.heldout[0]!]!;
    for (const [k, evaluation] of result.evaluations.entries()) {
      assertEquals(evaluation.map((row) => row.subject), [subject]);
      const [row] = evaluation;
      // Six clips, less one calibration clip a class.
      assertEquals([row!.truth.length, row!.before.length, row!.after.length], k === 0 ? [6, 6, 6] : [4, 4, 4]);
      if (k === 0) assertEquals(row!.before, row!.after);
    }
    assertEquals(result.history.map(({ step }) => step), [1, 2]);
  });
  assertEquals(progress[0], [0, 4, 0]);
  assertEquals(progress.at(-1), [4, 4, 0]);
});

Deno.test("runStudy() reads kept units and does them not again", async () => {
  const store = memory();
  const first = await run(PLAN, store);
  const keys = await store.list("tenants/default/studies/");
  assertEquals(keys.length, 4);
  assertMatch(keys[0]!, /^tenants\/default\/studies\/\d+\/[0-9a-f]{64}\.json$/);
  const again = await run(PLAN, { ...store, put: () => Promise.reject(new Error("nothing to write")) });
  assertEquals(again.results, first.results, "the seconds are the kept ones");
  assertEquals(again.progress, [[4, 4, 4]]);
});

Deno.test("runStudy() keeps how θ was chosen on validation subjects", async () => {
  const store = memory();
  const plan = planStudy("loso", tinyConfig({ validation: 0.4, selectEvery: 1 }), FOUR_PEOPLE, { shots: [1] });
  const first = await run(plan, store);
  for (const result of first.results) {
    if ("failed" in result) throw new Error(result.failed);
    assertEquals(result.selections!.map(({ shots, curve }) => [shots, curve.length]), [[0, 2], [1, 2]]);
  }
  const again = await run(plan, store);
  assertEquals([again.results, again.progress], [first.results, [[4, 4, 4]]]);
  assertEquals((await run(PLAN, store)).progress[0], [0, 4, 0], "a run that chooses nothing is another");
});

Deno.test("runStudy() does a kept unit again that cannot be read, and replaces it", async () => {
  const store = memory();
  const first = await run(PLAN, store);
  const keys = await store.list("tenants/default/studies/");
  const spoiled: [string, (text: string) => string][] = [
    ["cut off", (text) => text.slice(0, -20)],
    ["of another form", (text) => JSON.stringify({ ...JSON.parse(text), extra: 1 })],
    ["with too few evaluations", (text) => JSON.stringify({ ...JSON.parse(text), evaluations: [] })],
  ];
  for (const [what, spoil] of spoiled) {
    const text = new TextDecoder().decode((await store.get(keys[0]!))!);
    await store.put(keys[0]!, new TextEncoder().encode(spoil(text)));
    const { results, progress } = await run(PLAN, store);
    assertEquals(progress[0], [3, 4, 3], what);
    assertEquals(timeless(results), timeless(first.results), what);
    assertEquals((await run(PLAN, store)).progress[0], [4, 4, 4], what);
  }
});

Deno.test("runStudy() keeps apart what other clips, settings, splits and evaluations gave, and tenants", async () => {
  const store = memory();
  const one: StudyPlan = { ...PLAN, units: PLAN.units.slice(0, 1) };
  const unit = one.units[0]!;
  await run(one, store);
  const count = async () => (await store.list("tenants/")).length;
  const others: [string, StudyPlan, Partial<RunStudyOptions>][] = [
    ["seed", { ...one, units: [{ ...unit, config: { ...unit.config, seed: 5 } }] }, {}],
    ["evaluations", { ...one, units: [{ ...unit, evaluations: [{ shots: 1 }] }] }, {}],
    ["split", { ...one, units: [{ ...unit, split: { train: [1, 2], heldout: [0] } }] }, {}],
    ["corruption", { ...one, units: [{ ...unit, corruption: { kind: "mask", share: 0.5 } }] }, {}],
    ["tenant", one, { tenant: "other" }],
  ];
  for (const [i, [what, plan, changes]] of others.entries()) {
    assertEquals((await run(plan, store, changes)).progress[0]![2], 0, what);
    assertEquals(await count(), i + 2, what);
  }
  // Another path to the same clips, how often a training is checkpointed, or a default said aloud changes nothing.
  const places = {
    data: "elsewhere/manifest.csv",
    checkpointEvery: 99,
    alpha: innerRateOf(unit.config),
    innerSteps: 1,
  };
  const moved = { ...unit, config: { ...unit.config, ...places } };
  assertEquals((await run({ ...one, units: [moved] }, store)).progress[0]![2], 1);
  const set = { ...FOUR_PEOPLE, clips: FOUR_PEOPLE.clips.with(0, FOUR_PEOPLE.clips[0]! ^ 1) };
  await runStudy(one, set, {
    store,
    tenant: "default",
    workers: 0,
    signal: new AbortController().signal,
    onProgress: (_, __, kept) => assertEquals(kept, 0),
  });
  assertEquals(await count(), others.length + 2);
});

Deno.test("runStudy() gives the same with workers as without, to the bit", async () => {
  const local = await run(PLAN, memory());
  const spread = await run(PLAN, memory(), { workers: 2 });
  assertEquals(timeless(spread.results), timeless(local.results));
});

Deno.test("runStudy() gives of clips in a packed file what it gives of clips in memory, corrupted too, with workers", () =>
  withSets({ "set.safetensors": FOUR_PEOPLE }, async (folder) => {
    const config = tinyConfig({ data: join(folder, "set.safetensors"), holdout: ["a/1"] });
    const never = new AbortController().signal;
    const set = await loadData(config, { folder, signal: never, onProgress: () => {} });
    assert("path" in set.clips, "the clips stay in their file");
    const plan = planStudy("noise", config, set, { shots: [1], algorithms: ["maml"] });
    const few = { ...plan, units: [plan.units[0]!, plan.units[3]!, plan.units[6]!] };
    const options = { tenant: "default", signal: never, onProgress: () => {} };
    const store = memory();
    const ofFile = await runStudy(few, set, { ...options, store, workers: 2 });
    assertEquals(
      timeless(ofFile),
      timeless(await runStudy(few, FOUR_PEOPLE, { ...options, store: memory(), workers: 0 })),
    );
    assertNotEquals(timeless(ofFile)[0], timeless(ofFile)[1]);
  }));

for (const workers of [0, 2]) {
  Deno.test(`runStudy() that is aborted keeps what is finished, and the next goes on: ${workers} workers`, async () => {
    const store = memory();
    const stop = new AbortController();
    const reason = new Error("enough");
    // More units than workers, so that some have not begun.
    const plan = planStudy("loso", tinyConfig(), FOUR_PEOPLE, { shots: [1], runs: 2 });
    const put: ObjectStore["put"] = async (...object) => {
      await store.put(...object);
      stop.abort(reason);
    };
    const error = await assertRejects(() => run(plan, { ...store, put }, { workers, signal: stop.signal }));
    assertEquals(error, reason);
    const kept = (await store.list("tenants/")).length;
    assert(kept >= 1 && kept < plan.units.length, `${kept} kept`);
    const { results, progress } = await run(plan, store, { workers });
    assertEquals(progress[0], [kept, 8, kept]);
    assertEquals(timeless(results), timeless((await run(plan, memory())).results));
  });

  Deno.test(`runStudy() stops at once at a unit that cannot be done, and does not wait: ${workers} workers`, async () => {
    const store = memory();
    const bad = { ...PLAN.units[0]!, split: { train: [0, 1], heldout: [0] } };
    const plan = planStudy("loso", tinyConfig(), FOUR_PEOPLE, { shots: [1], runs: 3 });
    const error = await assertRejects(() => run({ ...plan, units: [bad, ...plan.units] }, store, { workers }));
    assertMatch((error as Error).message, /expected held-out subjects, got a\/1 in training too/);
    const kept = (await store.list("tenants/")).length;
    assert(kept < plan.units.length / 2, `${kept} of ${plan.units.length} were done all the same`);
  });
}

Deno.test("runStudy() takes a diverged training for a result, and keeps it", async () => {
  const store = memory();
  const wild = planStudy("loso", tinyConfig({ beta: 1e30, clipNorm: null }), FOUR_PEOPLE, { shots: [1] });
  const { results } = await run(wild, store);
  for (const result of results) {
    assertMatch(
      "failed" in result ? result.failed : "it did not diverge",
      /^Cannot go on: expected finite losses and gradients, got loss .* lower alpha or beta/,
    );
  }
  assertEquals((await run(wild, store)).progress, [[4, 4, 4]]);
});

Deno.test("runStudy() gives other predictions for another seed", async () => {
  const other = planStudy("loso", tinyConfig({ seed: 9 }), FOUR_PEOPLE, { shots: [1] });
  const curves = async (plan: StudyPlan) =>
    (await run(plan, memory())).results.map((result) => "failed" in result ? null : result.history[0]!.loss);
  assertNotEquals(await curves(other), await curves(PLAN));
});

Deno.test("runStudy() gives the results that its STUDY_VERSION stands for", async () => {
  // Where these figures change, kept results of older code are others: count STUDY_VERSION of lib/study/_unit_key.ts up.
  await chooseBackend("cpu");
  try {
    const set = pictureSet(
      ["a/1", "a/2", "b/1"].flatMap((subject) =>
        ["calm", "glad"].flatMap((label) => [[subject, label, 3, "micro"], [subject, label, 1, "macro"]] as const)
      ),
    );
    const figures: string[] = [];
    for (const algorithm of ["lightman", "reptile", "protonet", "multitask"] as const) {
      const config = tinyConfig({
        algorithm,
        macro: "data",
        decoder: "unet",
        holdout: ["a/1"],
        beta: 0.02,
        alpha: 0.1,
        innerSteps: 2,
      });
      const plan = planStudy("fewshot", config, set, { shots: [1] });
      const [result] = await runStudy(plan, set, {
        store: memory(),
        tenant: "default",
        workers: 0,
        signal: new AbortController().signal,
        onProgress: () => {},
      });
      if ("failed" in result!) throw new Error(result.failed);
      const { before, after } = result!.evaluations[0]![0]!;
      figures.push([algorithm, ...result!.history.map(({ loss }) => loss.toFixed(4)), ...before, ...after].join(" "));
    }
    assertEquals(figures, [
      "lightman 0.7215 0.7158 1 1 1 1 1 1 1 1",
      "reptile 0.6954 0.6909 1 1 1 1 1 1 1 1",
      "protonet 0.6050 0.3346 0 1 1 1 0 1 1 0",
      "multitask 0.9309 0.5457 1 1 1 1 1 1 1 1",
    ]);
  } finally {
    await chooseBackend("wasm");
  }
});
