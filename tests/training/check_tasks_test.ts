import { assertThrows } from "@std/assert";
import type { ConfigInput } from "../../lib/config/mod.ts";
import { checkTasks } from "../../lib/training/mod.ts";
import { clipSet } from "../data/_util/clip_set.ts";
import { tinyConfig } from "../study/_util/tiny_study.ts";

const GOOD = clipSet(
  ["a/1", "a/2", "a/3", "a/4"].flatMap((name) => ["x", "y"].map((label) => [name, label, 3, "micro"] as const)),
);
const SPLIT = { train: [0, 1, 2], heldout: [3] };
const TASKS: ConfigInput = { shuffleLabels: true, episodes: "mixed", ways: 2 };
const one = (label: string) => ["a/1", "a/2", "a/3", "a/4"].map((name) => [name, label, 3, "micro"] as const);
/** Each has clips of a single class. */
const APART = clipSet(["a/1", "a/2", "b/3", "b/4"].map((name, i) => [name, i < 2 ? "x" : "y", 3, "micro"] as const));

for (
  const [what, set, config, message] of [
    ["one class", clipSet(one("x")), {}, "Cannot train: expected micro clips of two classes or more, got only x"],
    [
      "macro clips only",
      { ...GOOD, kinds: GOOD.kinds.map(() => "macro" as const) },
      {},
      "expected micro clips of two classes or more, got none",
    ],
    [
      "more ways than classes",
      GOOD,
      { ways: 3 },
      "expected ways of at most 2, the classes there are, got 3; use --set ways=2",
    ],
    [
      "training subjects without a task",
      APART,
      {},
      "Cannot train: with b/4 held out there is no training task (Cannot sample an episode: expected a subject whose " +
      "database has two classes with two micro clips each, got none among 3 subjects); use --set episodes=mixed or " +
      "--algorithm supervised",
    ],
    [
      "training subjects without a task once some are set aside",
      clipSet([
        ["a/1", "x", 3, "micro"],
        ["a/2", "y", 3, "micro"],
        ["a/3", "x", 1, "micro"],
        ["a/4", "y", 3, "micro"],
      ]),
      { episodes: "across", validation: 0.4 },
      "set aside there is no training task",
    ],
    [
      "random tasks of more clips than a held-out subject has",
      GOOD,
      { ...TASKS, shots: 3 },
      "Cannot train on tasks of held-out subjects with K = 3: expected 4 clips of each class, got 3; the largest K that " +
      "works is 2, use --shots 2",
    ],
  ] as const
) {
  Deno.test(`checkTasks() refuses ${what}`, () => {
    assertThrows(() => checkTasks(tinyConfig(config), set, SPLIT), RangeError, message);
  });
}

Deno.test("checkTasks() takes what can be trained, also without tasks", () => {
  for (
    const config of [{}, { ways: 2 }, { validation: 0.4 }, { ...TASKS, shots: 2 }, { episodes: "across" as const }]
  ) {
    checkTasks(tinyConfig(config), GOOD, SPLIT);
  }
  // Pooled clips, and a θ that is not trained at all, need no task.
  checkTasks(tinyConfig({ algorithm: "supervised" }), APART, SPLIT);
  checkTasks(tinyConfig({ outerSteps: 0 }), APART, SPLIT);
});

Deno.test("checkTasks() begins its message with what was asked for", () => {
  const config = tinyConfig({ ways: 9 });
  assertThrows(
    () => checkTasks(config, GOOD, SPLIT, { doing: "run loso" }),
    RangeError,
    "Cannot run loso: expected ways",
  );
});
