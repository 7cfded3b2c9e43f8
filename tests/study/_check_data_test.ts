import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { ConfigInput } from "../../lib/config/mod.ts";
import type { ClipSet } from "../../lib/data/mod.ts";
import { planStudy, type PlanStudyOptions, type Protocol, PROTOCOLS } from "../../lib/study/mod.ts";
import { validationSplit } from "../../lib/training/mod.ts";
import { clipSet } from "../data/_util/clip_set.ts";
import { tinyConfig } from "./_util/tiny_study.ts";

/** Micro clips by `subject: {class: count}`. */
function people(rows: Readonly<Record<string, Readonly<Record<string, number>>>>): ClipSet {
  return clipSet(
    Object.entries(rows).flatMap(([subject, classes]) =>
      Object.entries(classes).map(([label, count]) => [subject, label, count, "micro"] as const)
    ),
  );
}

const each = (names: readonly string[], classes: Readonly<Record<string, number>>) =>
  people(Object.fromEntries(names.map((name) => [name, classes])));

const characters = (count: number) =>
  people(Object.fromEntries(Array.from({ length: count }, (_, i) => [`o/${i}`, { [`k${i}`]: 3 }])));

const SIX = ["a/1", "a/2", "a/3", "b/1", "b/2", "b/3"];
const GOOD = each(SIX, { x: 3, y: 3 });
const SINGLES = people({
  ...{ "a/1": { x: 1 }, "a/2": { y: 1 }, "a/3": { x: 1 } },
  ...{ "a/4": { y: 1 }, "b/5": { x: 1 }, "b/6": { y: 1 } },
});
const TASKS: ConfigInput = { shuffleLabels: true, episodes: "mixed", ways: 2, repeats: 3, holdout: 0.5 };

const CALIBRATING: readonly Protocol[] = ["fewshot", "noise", "ablation", "lambda", "steps"];
const LOSO: readonly Protocol[] = ["loso", "cde"];

/** What is asked of which clips, and what the refusal says. */
interface Refused {
  readonly what: string;
  readonly set: ClipSet;
  /** Default all. */
  readonly protocols?: readonly Protocol[];
  readonly config?: ConfigInput;
  readonly options?: PlanStudyOptions;
  readonly why: string;
  /** The nearest thing that works. */
  readonly instead: string;
}

const REFUSED: readonly Refused[] = [
  {
    what: "macro clips only",
    set: { ...GOOD, kinds: GOOD.kinds.map(() => "macro" as const) },
    why: "expected micro clips, got none",
    instead: "give them with --macro",
  },
  {
    what: "one class",
    set: each(SIX, { x: 3 }),
    why: "expected two classes or more, got only x",
    instead: "use labels that tell clips apart",
  },
  {
    what: "one subject",
    set: each(["a/1"], { x: 4, y: 4 }),
    protocols: ["loso", ...CALIBRATING],
    why: "expected two or more with micro clips, got 1",
    instead: "(--protocol holdout)",
  },
  {
    what: "one database",
    set: each(["a/1", "a/2"], { x: 4, y: 4 }),
    protocols: ["cde"],
    why: "two databases or more, got a",
    instead: "use --protocol loso",
  },
  {
    what: "more folds than subjects",
    set: each(["a/1", "a/2", "b/1"], { x: 4, y: 4 }),
    protocols: CALIBRATING,
    options: { folds: 5, shots: [1] },
    why: "expected 2 to 3 folds, one a subject at most, got 5",
    instead: "use --folds 3",
  },
  {
    what: "folds beside held-out subjects",
    set: GOOD,
    protocols: CALIBRATING,
    config: { holdout: 0.5 },
    options: { folds: 3 },
    why: "expected folds or held-out subjects, got both",
    instead: "use --set holdout=null",
  },
  {
    what: "everybody held out",
    set: GOOD,
    protocols: CALIBRATING,
    config: { holdout: SIX },
    why: "got 0 training and 6 held out",
    instead: "hold fewer out",
  },
  {
    what: "an unknown subject held out",
    set: GOOD,
    protocols: CALIBRATING,
    config: { holdout: ["a/9"] },
    why: 'got "a/9"',
    instead: "there are a/1, a/2, a/3 and 3 more",
  },
  {
    what: "K that no subject has",
    set: GOOD,
    options: { shots: [3] },
    config: { holdout: 0.5 },
    why: "with K = 3: no held-out subject has 4 clips in two classes",
    instead: "the largest K that works is 2, use --shots 2",
  },
  {
    what: "K that no held-out subject has, though others do",
    set: people({ "a/1": { x: 9, y: 9 }, "a/2": { x: 3, y: 3 }, "b/1": { x: 9, y: 9 } }),
    protocols: CALIBRATING,
    config: { holdout: ["a/2"] },
    options: { shots: [5] },
    why: "with K = 5: no held-out subject has 6 clips in two classes",
    instead: "use --shots 2",
  },
  {
    what: "K that no subject has, where tasks mix subjects: people are calibrated one by one all the same",
    set: GOOD,
    config: { episodes: "mixed", holdout: 0.5 },
    options: { shots: [3] },
    why: "with K = 3: no held-out subject has 4 clips",
    instead: "use --shots 2",
  },
  {
    what: "calibration where nobody has two clips of two classes",
    set: SINGLES,
    protocols: CALIBRATING,
    options: { shots: [1], folds: 2 },
    why: "with K = 1: no held-out subject has 2 clips in two classes",
    instead: "use --protocol loso, which needs none",
  },
  {
    what: "calibration asked of leave-one-subject-out where nobody has the clips",
    set: SINGLES,
    protocols: LOSO,
    config: { algorithm: "supervised" },
    options: { shots: [1] },
    why: "with K = 1: no held-out subject has 2 clips in two classes",
    instead: "leave --shots out",
  },
  {
    what: "more ways than classes",
    set: GOOD,
    config: { ways: 5, holdout: 0.5 },
    options: { shots: [1] },
    why: "expected ways of at most 2, the classes there are, got 5",
    instead: "use --set ways=2",
  },
  {
    what: "training subjects without a task",
    set: people({ "a/1": { x: 1 }, "a/2": { x: 1 }, "b/1": { y: 1 }, "b/2": { y: 1 }, "c/1": { x: 1, y: 1 } }),
    protocols: LOSO,
    why: "there is no training task (",
    instead: "use --set episodes=mixed or --algorithm supervised",
  },
  {
    what: "nobody to set aside",
    set: each(["a/1", "b/1"], { x: 3, y: 3 }),
    protocols: LOSO,
    config: { validation: 0.2, episodes: "mixed" },
    why: "for validation: expected two or more training subjects with micro clips, got 1",
    instead: "use --set validation=null",
  },
  {
    what: "random tasks of more classes than the held-out subjects show",
    set: characters(8),
    protocols: ["fewshot"],
    config: { ...TASKS, ways: 4, holdout: 0.3 },
    options: { shots: [1] },
    why: "on tasks of held-out subjects: expected 4 classes, got 2",
    instead: "use --set ways=2",
  },
  {
    what: "random tasks of more clips than a class has",
    set: characters(8),
    protocols: ["fewshot"],
    config: TASKS,
    options: { shots: [1, 3] },
    why: "on tasks of held-out subjects with K = 3: expected 4 clips of each class, got 3",
    instead: "use --shots 2",
  },
  {
    what: "random tasks of more classes than validation subjects show",
    set: characters(16),
    protocols: ["fewshot"],
    config: { ...TASKS, ways: 3, validation: 0.25 },
    options: { shots: [1] },
    why: "on tasks of validation subjects: expected 3 classes, got 2",
    instead: "use --set ways=2",
  },
  {
    what: "random tasks of a single validation subject",
    set: characters(8),
    protocols: ["fewshot"],
    config: { ...TASKS, validation: 0.25 },
    options: { shots: [1] },
    why: "on tasks of validation subjects: there is none (Cannot sample an episode: expected two classes",
    instead: "use more of these subjects",
  },
  {
    what: "random tasks of more classes than the training subjects show",
    set: characters(8),
    protocols: ["fewshot"],
    config: { ...TASKS, ways: 4, holdout: 0.7 },
    options: { shots: [1] },
    why: "there is no training task (expected tasks of 4 classes, got one of 2)",
    instead: "use --set ways=2",
  },
  {
    what: "supervised training on shuffled labels",
    set: characters(8),
    protocols: ["fewshot", "noise"],
    config: TASKS,
    options: { shots: [1], algorithms: ["maml", "supervised"] },
    why: "algorithm: expected one that learns from tasks",
    instead: "use some of --algorithm lightman,maml,fomaml,anil,reptile,protonet,relationnet,matchingnet",
  },
  {
    what: "the ablation of shuffled labels",
    set: characters(8),
    protocols: ["ablation"],
    config: TASKS,
    options: { shots: [1] },
    why: "row «neither (supervised)»",
    instead: "use --protocol fewshot",
  },
  {
    what: "leave one subject out with shuffled labels",
    set: GOOD,
    protocols: LOSO,
    config: { ...TASKS, holdout: null },
    why: "which means nothing without calibration",
    instead: "use --protocol fewshot",
  },
];

/** Clips that can be magnified, and an algorithm that the protocol can vary. */
function plan(protocol: Protocol, set: ClipSet, config: ConfigInput = {}, options: PlanStudyOptions = {}) {
  const recipe = { ...set.recipe, frames: 2, input: "difference" as const };
  const sweep = protocol === "lambda" ? { algorithm: "lightman" as const, macro: "magnify" } : {};
  return planStudy(protocol, tinyConfig({ ...config, ...sweep }), { ...set, recipe }, options);
}

for (const { what, set, protocols = PROTOCOLS, config, options, why, instead } of REFUSED) {
  Deno.test(`planStudy() refuses ${what}, with the reason and what works`, () => {
    for (const protocol of protocols) {
      const error = assertThrows(() => plan(protocol, set, config, options), RangeError, why, protocol);
      assertStringIncludes(error.message, instead, protocol);
      assert(error.message.startsWith("Cannot ") && !error.message.includes("\n"), error.message);
    }
  });
}

Deno.test("planStudy() takes what its refusals name", () => {
  for (const protocol of CALIBRATING) {
    plan(protocol, each(["a/1", "a/2", "b/1"], { x: 4, y: 4 }), {}, { folds: 3, shots: [1] });
    plan(protocol, GOOD, { ways: 2 }, { folds: 3, shots: [2] });
    plan(protocol, GOOD, { holdout: 0.5 }, { shots: [2] });
  }
  plan("loso", each(["a/1", "a/2"], { x: 4, y: 4 }));
  for (const config of [{ algorithm: "supervised" }, { episodes: "mixed" }] as const) plan("loso", SINGLES, config);
  plan("fewshot", characters(8), { ...TASKS, holdout: 0.3 }, { shots: [2] });
  plan("fewshot", characters(16), { ...TASKS, validation: 0.25 }, { shots: [1] });
});

Deno.test("planStudy() gives leave-one-subject-out the largest K that a subject has, where none was asked for", () => {
  const rows = (set: ClipSet, config: ConfigInput) =>
    plan("loso", set, config).rows.map(({ name, shots }) => [name, shots]);
  assertEquals(rows(GOOD, { shots: 5 }), [["maml", 0], ["maml, K = 2", 2]]);
  assertEquals(rows(GOOD, { shots: 1 }), [["maml", 0], ["maml, K = 1", 1]]);
  assertEquals(rows(SINGLES, { shots: 5, episodes: "mixed" }), [["maml", 0]]);
  assertEquals(plan("loso", SINGLES, { episodes: "mixed" }).notes, [
    "No subject has two clips in two classes: there are no rows with calibration.",
  ]);
  // What is trained does not depend on it.
  assertEquals(plan("loso", GOOD, { shots: 5 }).units[0]!.config.shots, 5);
});

Deno.test("planStudy() says that leave-one-subject-out holds out each once, whatever holdout says", () => {
  const { notes, units } = plan("loso", GOOD, { holdout: 0.5, shots: 2 });
  assertEquals([notes, units.length], [["Each subject is held out once: `holdout` is not used."], 6]);
});

Deno.test("planStudy() says where setting subjects aside takes a class away from training", () => {
  // Whoever shows z is set aside in some folds: one person for every four.
  const set = people({ ...Object.fromEntries(SIX.map((name) => [name, { x: 3, y: 3 }])), "a/9": { x: 3, y: 3, z: 3 } });
  const { notes, units } = plan("loso", set, { validation: 0.25, shots: 1 });
  const gone = units.filter(({ config, split }) => {
    const aside = validationSplit(config, set, split.train)!.heldout;
    return aside.includes(set.subjectNames.indexOf("a/9"));
  });
  assert(gone.length > 0, "this seed shows nothing");
  assertStringIncludes(
    notes.at(-1)!,
    `Class z: in ${gone.length} of 7 folds all subjects with micro clips of it are set`,
  );
});
