import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { accuracy, uar, uf1 } from "../../lib/eval/mod.ts";
import { meanInterval, type StudyPlan, type StudyRow, summariseStudy, type UnitResult } from "../../lib/study/mod.ts";
import type { SplitResult, SubjectPredictions } from "../../lib/training/mod.ts";

const CLASSES = ["negative", "positive", "surprise"];

/** A subject whose clips are predicted as a confusion matrix counts them, after calibration; all as class 0 before. */
function subject(name: string, matrix: readonly (readonly number[])[]): SubjectPredictions {
  const clips = matrix.flatMap((row, t) => row.flatMap((count, p) => new Array<[number, number]>(count).fill([t, p])));
  return { subject: name, truth: clips.map(([t]) => t), before: clips.map(() => 0), after: clips.map(([, p]) => p) };
}

function unit(subjects: readonly SubjectPredictions[], changes: Partial<SplitResult> = {}): SplitResult {
  const history = [{ step: 1, loss: 1, accuracy: 0.5, gradientNorm: 1 }];
  return {
    trainSeconds: 2,
    evaluateSeconds: 1,
    parameters: 10,
    bytes: 40,
    history,
    evaluations: [subjects],
    ...changes,
  };
}

function summarise(rows: readonly Partial<StudyRow>[], results: readonly UnitResult[], classes = CLASSES) {
  const plan: StudyPlan = {
    protocol: "cde",
    summary: "All.",
    notes: ["Mind this."],
    classes,
    units: [],
    rows: rows.map((row, i) => ({ name: `row ${i}`, runs: [[i]], evaluation: 0, shots: 1, ...row })),
  };
  return summariseStudy(plan, results, { seed: 0 });
}

/** The pooled matrices of published logs by database, with UF1, UAR and accuracy. */
const LOGS = {
  STSTNet: {
    smic: [[[54, 10, 6], [17, 30, 4], [14, 1, 28]], .6801, .6703, .6829],
    casme2: [[[83, 5, 0], [12, 19, 1], [2, 0, 23]], .8382, .8190, .8621],
    samm: [[[82, 7, 3], [11, 13, 2], [5, 2, 8]], .6588, .6415, .7744],
    full: [.7353, .7186, .7692],
  },
  CapsuleNet: {
    smic: [[[35, 12, 19], [14, 31, 6], [12, 3, 25]], .5820, .5877, .5796],
    casme2: [[[70, 16, 2], [8, 24, 0], [6, 5, 14]], .7068, .7018, .7448],
    samm: [[[87, 2, 3], [11, 10, 5], [7, 1, 7]], .6209, .5990, .7820],
    full: [.6520, .6506, .6966],
  },
} as const;

for (const [name, { full, ...databases }] of Object.entries(LOGS)) {
  Deno.test(`summariseStudy() gives the composite's and each database's figures of ${name}`, () => {
    const units = Object.entries(databases).map(([database, [matrix]]) => unit([subject(`${database}/1`, matrix)]));
    const row = summarise([{ runs: [[0, 1, 2]] }], units).rows[0]!;
    const { uf1, uar, accuracy } = row.metrics!;
    [uf1, uar, accuracy].forEach((metric, i) => assertAlmostEquals(metric.after.estimate, full[i]!, 5.1e-5));
    assertEquals(row.databases!.map((one) => one.database).sort(), ["casme2", "samm", "smic"]);
    for (const one of row.databases!) {
      const [matrix, ...figures] = databases[one.database as keyof typeof databases];
      [one.after.uf1, one.after.uar, one.after.accuracy].forEach((value, i) =>
        assertAlmostEquals(value, figures[i]!, 5.1e-5)
      );
      assertEquals(one.confusion, matrix.map((line) => [...line]));
      assertEquals(one.clips, matrix.flat().reduce<number>((a, b) => a + b, 0));
    }
  });
}

Deno.test("summariseStudy() pools counts over folds, it does not average folds", () => {
  const folds = [[[1, 0], [0, 0]], [[0, 0], [9, 1]]];
  const units = folds.map((matrix, i) => unit([subject(`db/${i}`, matrix)]));
  const { metrics, confusion, subjects, databases } = summarise([{ runs: [[0, 1]] }], units, ["no", "yes"]).rows[0]!;
  const pooled = [[1, 0], [9, 1]];
  assertEquals(confusion!.after, pooled);
  assertEquals(confusion!.before, [[1, 0], [10, 0]]);
  for (const [name, metric] of [["accuracy", accuracy], ["uf1", uf1], ["uar", uar]] as const) {
    assertAlmostEquals(metrics![name].after.estimate, metric(pooled));
    const mean = folds.reduce((sum, fold) => sum + metric(fold), 0) / 2;
    assert(Math.abs(metrics![name].after.estimate - mean) > 0.05, `${name} would be ${mean}`);
  }
  assertEquals(subjects, [
    { name: "db/0", clips: 1, before: 1, after: 1 },
    { name: "db/1", clips: 10, before: 0, after: 0.1 },
  ]);
  assertEquals(databases, undefined, "one database has no figures of its own");
});

Deno.test("summariseStudy() counts every fold by itself, and the folds add up to the pooled counts", () => {
  const folds = [
    unit([subject("db/2", [[3, 1], [0, 2]]), subject("db/1", [[0, 1], [1, 0]])]),
    unit([subject("db/3", [[1, 0], [2, 2]])]),
  ];
  const [row] = summarise([{ runs: [[0, 1]] }], folds, ["no", "yes"]).rows;
  assertEquals(row!.folds, [
    { heldout: ["db/2", "db/1"], confusion: { before: [[5, 0], [3, 0]], after: [[3, 2], [1, 2]] } },
    { heldout: ["db/3"], confusion: { before: [[1, 0], [4, 0]], after: [[1, 0], [2, 2]] } },
  ]);
  for (const side of ["before", "after"] as const) {
    const sum = [0, 1].map((t) =>
      [0, 1].map((p) => row!.folds!.reduce((all, one) => all + one.confusion[side][t]![p]!, 0))
    );
    assertEquals(sum, row!.confusion![side]);
  }
});

Deno.test("summariseStudy() pairs every row with the first of as many shots, by subject", () => {
  const people = (hits: readonly number[]) =>
    unit(hits.map((hit, i) => subject(`db/${i}`, [[hit, 4 - hit], [4 - hit, hit]])));
  const { rows } = summarise(
    [{ shots: 0 }, {}, {}, {}],
    [people([4, 4, 4, 4, 4]), people([0, 1, 2, 3, 3]), people([1, 2, 3, 4, 4]), people([0, 1, 2, 3, 3])],
    ["no", "yes"],
  );
  const beyond = rows.map((row) => row.metrics!.accuracy.beyondFirst);
  assertEquals([beyond[0], beyond[1]], [undefined, undefined], "each is the first of its K");
  // Every subject gains a quarter: whoever is drawn, so is the difference.
  for (const value of [beyond[2]!.estimate, beyond[2]!.low, beyond[2]!.high]) assertAlmostEquals(value!, 0.25);
  assertEquals([beyond[3]!.estimate, beyond[3]!.low, beyond[3]!.high], [0, 0, 0]);
  const unpaired = rows[2]!.metrics!.accuracy.after;
  assert(unpaired.high! - unpaired.low! > 0.1, "the figure itself does vary with who is drawn");
});

Deno.test("summariseStudy() makes a row of a diverged training a failed row, and pairs with the next", () => {
  const good = unit([subject("db/1", [[1, 0], [0, 1]])]);
  const { rows } = summarise(
    [{ x: 3, series: "s" }, {}, {}],
    [{ failed: "Cannot go on: loss NaN" }, good, good],
    ["no", "yes"],
  );
  assertEquals(rows[0], { name: "row 0", shots: 1, x: 3, series: "s", failed: "Cannot go on: loss NaN" });
  assertEquals(rows[1]!.metrics!.uf1.beyondFirst, undefined);
  assertEquals(rows[2]!.metrics!.uf1.beyondFirst!.estimate, 0);
});

Deno.test("summariseStudy() takes intervals over runs of each run's pooled figure; all else is the first run's", () => {
  const of = (hit: number) => unit([subject("db/1", [[hit, 10 - hit], [0, 10]])]);
  const { rows } = summarise([{ runs: [[0], [1], [2]] }], [of(4), of(6), of(8)], ["no", "yes"]);
  const { accuracy } = rows[0]!.metrics!;
  assertAlmostEquals(accuracy.after.estimate, 0.7);
  const expected = meanInterval([0.7, 0.8, 0.9]);
  assertAlmostEquals(accuracy.runs!.after.mean, expected.mean);
  assertAlmostEquals(accuracy.runs!.after.half, expected.half);
  // Everything is class 0 before, of 20 clips the ten of class 0 are right: the gain is taken in each run.
  const gain = meanInterval([0.2, 0.3, 0.4]);
  assertAlmostEquals(accuracy.runs!.gain.mean, gain.mean);
  assertAlmostEquals(accuracy.runs!.gain.half, gain.half);
  assertEquals(accuracy.runs!.beyondFirst, undefined);
  assertEquals(rows[0]!.trainSeconds, 6);
  assertEquals(rows[0]!.secondsPerTraining, 2);
});

Deno.test("summariseStudy() averages learning curves over folds and passes the plan's words on", () => {
  const curve = (loss: number, accuracy: number) =>
    unit([subject(`db/${loss}`, [[1]])], { history: [{ step: 1, loss, accuracy, gradientNorm: 1 }] });
  const said = summarise([{ runs: [[0, 1]] }], [curve(1, 0.2), curve(3, 0.4)], ["one"]);
  assertEquals(said.rows[0]!.curve!.length, 1);
  const [step] = said.rows[0]!.curve!;
  assertEquals([step!.step, step!.loss], [1, 2]);
  assertAlmostEquals(step!.accuracy, 0.3);
  assertEquals([said.protocol, said.summary, said.notes], ["cde", "All.", ["Mind this."]]);
});

Deno.test("summariseStudy() tells for each row how its folds chose θ, by the score of as many shots", () => {
  const fold = (name: string, step: number, score: number) =>
    unit([subject(name, [[1]])], {
      evaluations: [[subject(name, [[1]])], [subject(name, [[1]])]],
      selections: [
        { shots: 0, step, score, curve: [{ step: 5, score }, { step: 10, score: score / 2 }] },
        { shots: 1, step: 10, score: 1, curve: [{ step: 5, score: 0 }, { step: 10, score: 1 }] },
      ],
    });
  const units = [fold("db/1", 5, 0.8), fold("db/2", 10, 0.4)];
  const rows = [{ runs: [[0, 1]], shots: 0 }, { runs: [[0, 1]], shots: 1, evaluation: 1 }];
  const said = summarise(rows, units, ["one"]).rows;
  const { curve, score, ...rest } = said[0]!.selection!;
  assertEquals(rest, { shots: 0, steps: [5, 10] });
  assertAlmostEquals(score, 0.6);
  assertEquals(curve.map(({ step }) => step), [5, 10]);
  assertAlmostEquals(curve[1]!.score, 0.3);
  assertEquals(said[1]!.selection!.steps, [10, 10]);
  assertEquals(summarise([{}], [unit([subject("db/1", [[1]])])], ["one"]).rows[0]!.selection, undefined);
});

Deno.test("summariseStudy() does not depend on the order of folds, and says the same again", () => {
  const units = [[[3, 1], [0, 2]], [[1, 1], [2, 2]], [[0, 0], [1, 4]]].map((matrix, i) =>
    unit([subject(`db/${i}`, matrix)])
  );
  const rows = (folds: number[]) => summarise([{ runs: [folds] }], units, ["no", "yes"]).rows[0]!.metrics;
  assertEquals(rows([2, 0, 1]), rows([0, 1, 2]));
});

Deno.test("summariseStudy() takes the difference to the reference within each run", () => {
  const of = (hit: number) => unit([subject("db/1", [[hit, 10 - hit], [0, 10]])]);
  const { rows } = summarise([{ runs: [[0], [1]] }, { runs: [[2], [3]] }], [of(2), of(8), of(4), of(10)], [
    "no",
    "yes",
  ]);
  const { runs } = rows[1]!.metrics!.accuracy;
  assertAlmostEquals(runs!.beyondFirst!.mean, 0.1);
  assertAlmostEquals(runs!.beyondFirst!.half, 0);
});

Deno.test("summariseStudy() compares the rows of a group with the first of that group", () => {
  const of = (hit: number) => unit([subject("db/1", [[hit, 10 - hit], [0, 10]])]);
  const { rows } = summarise(
    [{ group: "a" }, { group: "a" }, { group: "b" }, { group: "b" }],
    [of(10), of(8), of(4), of(2)],
    ["no", "yes"],
  );
  const beyond = rows.map((row) => row.metrics!.accuracy.beyondFirst?.estimate);
  assertEquals([beyond[0], beyond[2]], [undefined, undefined]);
  assertAlmostEquals(beyond[1]!, -0.1);
  assertAlmostEquals(beyond[3]!, -0.1);
});

Deno.test("summariseStudy() keeps tasks of one number in several folds apart", () => {
  const task = (right: number) => subject("task/0001", [[right, 4 - right, 0], [0, 0, 0], [0, 0, 0]]);
  const { subjects } = summarise([{ runs: [[0, 1]] }], [unit([task(4)]), unit([task(1)])]).rows[0]!;
  assertEquals(subjects!.map(({ name, after }) => [name, after]), [["task/0001", 1], ["task/0001, fold 2", 0.25]]);
});
