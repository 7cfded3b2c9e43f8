import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { ClipSet } from "../../lib/data/mod.ts";
import { planStudy, type Protocol, PROTOCOLS, type StudyPlan } from "../../lib/study/mod.ts";
import { clipSet } from "../data/_util/clip_set.ts";
import { tinyConfig } from "./_util/tiny_study.ts";

/** People of two databases with so many clips of each of two classes, and one macro clip. */
function people(count: number, clips: number): ClipSet {
  return clipSet([
    ...Array.from({ length: count }, (_, i) => `${i % 2 === 0 ? "a" : "b"}/${i}`).flatMap((subject) =>
      ["x", "y"].map((label) => [subject, label, clips, "micro"] as const)
    ),
    ["a/0", "x", 1, "macro"],
  ]);
}

const SET = people(6, 4);
const LIGHTMAN = tinyConfig({ algorithm: "lightman", macro: "data", shots: 2 });

function plan(protocol: Protocol, options: Parameters<typeof planStudy>[3] = {}): StudyPlan {
  return planStudy(protocol, LIGHTMAN, SET, { shots: [1], folds: 3, ...options });
}

const names = ({ rows }: StudyPlan) => rows.map((row) => row.name);

Deno.test("planStudy() plans leave-one-subject-out: one training a subject and algorithm serves both of its rows", () => {
  for (const protocol of ["loso", "cde"] as const) {
    const { rows, units } = plan(protocol, { algorithms: ["lightman", "supervised"], shots: [2] });
    assertEquals(rows.map(({ name, shots }) => [name, shots]), [
      ["lightman", 0],
      ["supervised", 0],
      ["lightman, K = 2", 2],
      ["supervised, K = 2", 2],
    ]);
    assertEquals(units.length, 2 * 6);
    for (const { evaluations, split } of units) {
      assertEquals(evaluations, [{ shots: 0 }, { shots: 2 }]);
      assertEquals(split.heldout.length, 1);
    }
    assertEquals(rows[0]!.runs, rows[2]!.runs);
    assertEquals(rows.map((row) => row.evaluation), [0, 0, 1, 1]);
  }
});

Deno.test("planStudy() trains anew for each K of fewshot, 1 and 5 unless told otherwise", () => {
  const { rows, units } = plan("fewshot", { shots: [1, 3], algorithms: ["maml", "lightman"] });
  assertEquals(rows.map(({ name, x, series, shots }) => [name, x, series, shots]), [
    ["maml, K = 1", 1, "maml", 1],
    ["maml, K = 3", 3, "maml", 3],
    ["lightman, K = 1", 1, "lightman", 1],
    ["lightman, K = 3", 3, "lightman", 3],
  ]);
  assertEquals(units.length, 4 * 3);
  for (const { config, evaluations } of units) assertEquals(evaluations, [{ shots: config.shots }]);
  assertEquals(planStudy("fewshot", LIGHTMAN, people(4, 6), { folds: 2 }).rows.map((row) => row.x), [1, 5]);
});

Deno.test("planStudy() corrupts three shares by three kinds, beside clean clips, with supervised for comparison", () => {
  const colour = { ...SET, recipe: { ...SET.recipe, channels: 3 as const } };
  const { rows, units, notes } = planStudy("noise", LIGHTMAN, colour, { shots: [1], folds: 3 });
  assertEquals(notes, []);
  assertEquals(rows.length, 2 * (1 + 3 * 3));
  assertEquals(new Set(rows.map(({ name, group }) => name.startsWith(`${group}, `))), new Set([true]));
  assertEquals(units.length, rows.length * 3);
  assertEquals([...new Set(rows.map((row) => row.x))].sort(), [0, 0.1, 0.3, 0.5]);
  const corruptions = rows.map((row) => units[row.runs[0]![0]!]!.corruption);
  assertEquals(corruptions[0], undefined);
  assertEquals(corruptions[1], { kind: "mask", share: 0.1 });
  assertEquals(new Set(corruptions.map((one) => one?.kind)), new Set([undefined, "mask", "noise", "grayscale"]));
});

Deno.test("planStudy() leaves rows of grey clips out where there is no colour, and says so", () => {
  const flow = { ...SET, recipe: { ...SET.recipe, channels: 3 as const, input: "flow" as const } };
  for (const set of [SET, flow]) {
    const { rows, notes, summary } = planStudy("noise", LIGHTMAN, set, { shots: [1], folds: 3 });
    assertEquals(rows.length, 2 * (1 + 2 * 3));
    assertEquals(rows.some(({ name }) => name.includes("grayscale")), false);
    assertStringIncludes(notes.join(), "no colour");
    assertEquals(summary.includes("grey"), false);
  }
});

Deno.test("planStudy() says tasks where random tasks are evaluated, and one of one", () => {
  const config = tinyConfig({ shuffleLabels: true, ways: 2, repeats: 7, holdout: 0.15, uncalibratedWeight: 0 });
  const { resampled, summary } = planStudy("fewshot", config, SET, { shots: [1] });
  assertEquals(resampled, "tasks");
  assertStringIncludes(summary, "One subject held out, 7 random tasks, one run.");
  assertEquals(plan("fewshot").resampled, undefined);
  assertEquals(names(plan("steps")).slice(0, 3), ["0 inner steps", "1 inner step", "2 inner steps"]);
});

Deno.test("planStudy() crosses auxiliary task and bi-level step, all else equal, and adds other backbones", () => {
  const { rows, units } = plan("ablation");
  assertEquals(rows.map((row) => units[row.runs[0]![0]!]!.config.algorithm), [
    "supervised",
    "multitask",
    "maml",
    "lightman",
  ]);
  for (const { config } of units) assertEquals({ ...config, algorithm: "lightman" }, LIGHTMAN);
});

Deno.test("planStudy() keeps λ1 + λ2 = 1 over the sweep, and holds the paper's 0.55", () => {
  const { rows, units } = plan("lambda");
  assertEquals(rows.map((row) => row.x), [0.3, 0.4, 0.5, 0.55, 0.6, 0.7]);
  for (const row of rows) {
    const { lambda1, lambda2 } = units[row.runs[0]![0]!]!.config;
    assertEquals([lambda1, Number((lambda1 + lambda2).toFixed(12))], [row.x, 1]);
  }
});

Deno.test("planStudy() evaluates one training a fold with 0 to 5 inner steps", () => {
  const { rows, units } = plan("steps");
  assertEquals([rows.length, units.length], [6, 3]);
  assertEquals(units[0]!.evaluations.map((one) => one.innerSteps), [0, 1, 2, 3, 4, 5]);
  assertEquals(rows.map((row) => row.evaluation), [0, 1, 2, 3, 4, 5]);
});

Deno.test("planStudy() gives each run a seed of its own, and every row all runs and folds", () => {
  for (const protocol of PROTOCOLS) {
    const { rows, units } = plan(protocol, { runs: 2 });
    for (const { runs } of rows) {
      assertEquals(runs.length, 2);
      runs.forEach((folds, run) => {
        assertEquals(folds.length, protocol === "loso" || protocol === "cde" ? 6 : 3);
        for (const unit of folds) assertEquals(units[unit]!.config.seed, run);
        assertEquals(folds.flatMap((unit) => units[unit]!.split.heldout).sort(), [0, 1, 2, 3, 4, 5]);
      });
    }
    const read = new Set(rows.flatMap((row) => row.runs.flat()));
    assertEquals(read.size, units.length, "every planned training is read by a row");
  }
});

Deno.test("planStudy() refuses more folds than subjects, naming the most that work", () => {
  assertThrows(() => plan("steps", { folds: 7 }), RangeError, "expected 2 to 6 folds");
});

Deno.test("planStudy() refuses a class without micro clips", () => {
  const set = clipSet([["a/1", "x", 3, "micro"], ["a/2", "x", 3, "micro"], ["a/2", "y", 3, "macro"]]);
  assertThrows(
    () => planStudy("loso", LIGHTMAN, set),
    RangeError,
    "expected micro clips of every class, got none of y; leave these classes out",
  );
  const one = clipSet([["a/1", "x", 3, "micro"], ["a/2", "x", 3, "micro"]]);
  assertThrows(() => planStudy("loso", LIGHTMAN, one), RangeError, "expected two classes or more, got only x");
});

Deno.test("planStudy() refuses K that no subject has, naming the largest that works", () => {
  for (const protocol of ["fewshot", "noise", "ablation", "lambda", "steps"] as const) {
    assertThrows(
      () => plan(protocol, { shots: [4] }),
      RangeError,
      `Cannot run ${protocol} with K = 4: no held-out subject has 5 clips in two classes; the largest K that works is 3, ` +
        "use --shots 3",
    );
    plan(protocol, { shots: [3] });
    assertThrows(
      () => planStudy(protocol, LIGHTMAN, people(4, 1), { shots: [1], folds: 2 }),
      RangeError,
      "use --protocol loso, which needs none",
    );
  }
});

Deno.test("planStudy() says how many subjects have fewer calibration clips than K, and whose tasks are filled", () => {
  const set = clipSet([
    ...["x", "y"].map((label) => ["a/1", label, 4, "micro"] as const),
    ...["x", "y"].map((label) => ["a/2", label, 2, "micro"] as const),
    ["a/3", "x", 5, "micro"],
  ]);
  const { notes } = planStudy("loso", tinyConfig(), set, { shots: [3] });
  assertEquals(notes, [
    "1 of 3 subjects have two clips of fewer than 2 classes: their training tasks are filled from their database.",
    "K = 3: 1 of 3 subjects have so many calibration clips in two classes or more; the others calibrate with fewer, " +
    "1 of them with one class or none.",
  ]);
  assertEquals(planStudy("loso", tinyConfig(), people(4, 4), { shots: [3] }).notes, []);
});

Deno.test("planStudy() notes a class that one subject alone shows", () => {
  const set = clipSet([
    ...["a/1", "a/2", "a/3"].flatMap((subject) => ["x", "y"].map((label) => [subject, label, 3, "micro"] as const)),
    ["a/1", "z", 3, "micro"],
  ]);
  const { notes } = planStudy("loso", tinyConfig(), set, { shots: [1] });
  assertEquals(notes.length, 1);
  assertStringIncludes(notes[0]!, "Class z has micro clips of one subject only");
});

Deno.test("planStudy() refuses the composite of one database", () => {
  const set = clipSet(["a/1", "a/2"].flatMap((name) => ["x", "y"].map((label) => [name, label, 3, "micro"] as const)));
  assertThrows(
    () => planStudy("cde", tinyConfig(), set),
    RangeError,
    "two databases or more, got a; use --protocol loso",
  );
  // A database of macro clips is no part of the composite.
  const posed: ClipSet = {
    ...set,
    kinds: set.kinds.map((_, i) => i < 3 ? "macro" as const : "micro" as const),
    subjects: set.subjects.map((subject, i) => i < 3 ? 2 : subject),
    subjectNames: [...set.subjectNames, "posed/1"],
  };
  assertThrows(() => planStudy("cde", tinyConfig(), posed), RangeError, "got a; use --protocol loso");
});

Deno.test("planStudy() refuses a fold that leaves no training task, and names what would work", () => {
  // With one held out, the other's database has a class with one clip only; mixed does not help either.
  const set = clipSet([
    ["a/1", "x", 3, "micro"],
    ["a/1", "y", 3, "micro"],
    ["b/1", "x", 3, "micro"],
    ["b/1", "y", 1, "micro"],
  ]);
  const run = (algorithm: "maml" | "supervised") =>
    planStudy("loso", tinyConfig({ algorithm }), set, { algorithms: [algorithm] });
  const error = assertThrows(() => run("maml"), RangeError, "with a/1 held out there is no training task");
  assert(error.message.endsWith("use --algorithm supervised"), error.message);
  assertEquals(run("supervised").units.length, 2);
  // Here two databases together have two classes with two clips.
  const mixed = clipSet([
    ["a/1", "x", 3, "micro"],
    ["a/1", "y", 3, "micro"],
    ["b/1", "x", 3, "micro"],
    ["c/1", "y", 3, "micro"],
  ]);
  assertThrows(
    () => planStudy("loso", tinyConfig(), mixed),
    RangeError,
    "use --set episodes=mixed or --algorithm supervised",
  );
  assertEquals(planStudy("loso", tinyConfig({ episodes: "mixed" }), mixed).units.length, 3);
});

Deno.test("planStudy() refuses to set subjects aside where one is left to train on, whatever the algorithm", () => {
  const two = people(2, 4);
  for (const algorithm of ["maml", "supervised"] as const) {
    assertThrows(
      () => planStudy("loso", tinyConfig({ validation: 0.2, episodes: "mixed" }), two, { algorithms: [algorithm] }),
      RangeError,
      "Cannot set subjects aside for validation: expected two or more training subjects with micro clips, got 1",
    );
  }
  // Those who are set aside offer no task: here the only other person with two clips of two classes.
  const few = clipSet([
    ["a/1", "x", 3, "micro"],
    ["a/1", "y", 3, "micro"],
    ["b/1", "x", 3, "micro"],
    ["b/1", "y", 3, "micro"],
    ["c/1", "x", 1, "micro"],
    ["d/1", "y", 1, "micro"],
  ]);
  const seeds = [0, 1, 2, 3, 4, 5, 6, 7];
  const works = (validation: number | null) =>
    seeds.filter((seed) => {
      try {
        return planStudy("loso", tinyConfig({ validation, seed }), few).units.length === 4;
      } catch (error) {
        assert(error instanceof RangeError && error.message.includes("there is no training task"), `${error}`);
        return false;
      }
    });
  assertEquals([works(null).length, works(0.4).length < seeds.length], [seeds.length, true]);
});

Deno.test("planStudy() refuses the λ sweep where no auxiliary loss is, and says elsewhere that it is off", () => {
  const none = people(4, 3);
  const bare: ClipSet = { ...none, kinds: none.kinds.map(() => "micro" as const) };
  const run = (protocol: Protocol, changes: Parameters<typeof tinyConfig>[0]) =>
    planStudy(protocol, tinyConfig({ algorithm: "lightman", macro: "data", ...changes }), bare, {
      shots: [1],
      folds: 2,
    });
  assertThrows(() => run("lambda", {}), RangeError, "expected macro clips for the auxiliary loss, got none");
  assertThrows(() => run("lambda", { algorithm: "maml" }), RangeError, "got maml; use --algorithm lightman");
  assertThrows(() => run("steps", { algorithm: "protonet" }), RangeError, "got protonet; use --algorithm lightman");
  assertStringIncludes(run("ablation", {}).notes.join(), "the auxiliary loss is off");
  // What holds the size of its movement can be magnified: several frames, and flow of fixed scaling.
  const magnifiable = (changes: Partial<ClipSet["recipe"]>) => ({ ...bare, recipe: { ...bare.recipe, ...changes } });
  const sweep = (set: ClipSet) => planStudy("lambda", LIGHTMAN, set, { shots: [1], folds: 2 }).notes;
  assertEquals(sweep(magnifiable({ frames: 2 })), []);
  const flow = { method: "farneback", size: 8, scaling: "fixed", range: 1, strainRange: 1 } as const;
  const flows = (changes: object) => magnifiable({ input: "flow", channels: 3, flow: { ...flow, ...changes } });
  assertEquals(sweep(flows({})), []);
  assertThrows(() => sweep({ ...flows({ scaling: "minmax" }) }), RangeError, "got none");
  assertEquals(names(run("loso", { algorithm: "maml" })), ["maml", "maml, K = 1"]);
  assertEquals(run("loso", { algorithm: "maml" }).notes, []);
});

Deno.test("planStudy() refuses rows that the configuration forbids, and shuffled labels without calibration", () => {
  const shuffled = tinyConfig({ shuffleLabels: true, ways: 2, episodes: "mixed" });
  const run = (protocol: Protocol, options = {}) =>
    planStudy(protocol, shuffled, SET, { shots: [1], folds: 3, ...options });
  assertThrows(
    () => run("ablation"),
    RangeError,
    "row «neither (supervised)»: algorithm: expected one that learns from",
  );
  assertThrows(() => run("noise", { algorithms: ["supervised"] }), RangeError, "algorithm: expected one that learns");
  assertThrows(() => run("loso"), RangeError, "got shuffleLabels, which means nothing without calibration; use");
  // Nobody asked for the supervised rows that noise has elsewhere.
  assertEquals(new Set(run("noise").units.map(({ config }) => config.algorithm)), new Set(["maml"]));
  assertEquals(names(run("fewshot")), ["maml, K = 1"]);
});

Deno.test("planStudy() says how query clips are normalised, and that clips without colour cannot lose it", () => {
  const summary = (norm: "support" | "transductive") =>
    planStudy("steps", tinyConfig({ norm }), SET, { folds: 2 }).summary;
  assertStringIncludes(summary("support"), "normalised by running or support statistics");
  assertStringIncludes(summary("transductive"), "TRANSDUCTIVE");
  const notes = (recipe: Partial<ClipSet["recipe"]>) =>
    planStudy("noise", LIGHTMAN, { ...SET, recipe: { ...SET.recipe, ...recipe } }, { shots: [1], folds: 2 }).notes;
  assertEquals([notes({}).length, notes({ channels: 3 }).length], [1, 0]);
  assertStringIncludes(notes({})[0]!, "no colour");
});
