import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { accuracy, bootstrapGain, bootstrapSubjects, confusionMatrix, macroF1, uar, uf1 } from "../../lib/eval/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

/** Pooled confusion matrices of published logs with UF1, UAR and accuracy (negative, positive, surprise). */
const GOLDEN: [string, number[][], number, number, number][] = [
  ["STSTNet full", [[219, 22, 9], [40, 62, 7], [21, 3, 59]], .7353, .7186, .7692],
  ["STSTNet SMIC", [[54, 10, 6], [17, 30, 4], [14, 1, 28]], .6801, .6703, .6829],
  ["STSTNet CASME II", [[83, 5, 0], [12, 19, 1], [2, 0, 23]], .8382, .8190, .8621],
  ["STSTNet SAMM", [[82, 7, 3], [11, 13, 2], [5, 2, 8]], .6588, .6415, .7744],
  ["CapsuleNet full", [[192, 30, 24], [33, 65, 11], [25, 9, 46]], .6520, .6506, .6966],
  ["CapsuleNet SMIC", [[35, 12, 19], [14, 31, 6], [12, 3, 25]], .5820, .5877, .5796],
  ["CapsuleNet CASME II", [[70, 16, 2], [8, 24, 0], [6, 5, 14]], .7068, .7018, .7448],
  ["CapsuleNet SAMM", [[87, 2, 3], [11, 10, 5], [7, 1, 7]], .6209, .5990, .7820],
];

for (const [name, matrix, f1, recall, rate] of GOLDEN) {
  Deno.test(`uf1(), uar() and accuracy() give the figures of ${name}`, () => {
    assertAlmostEquals(uf1(matrix), f1, 5.1e-5);
    assertAlmostEquals(uar(matrix), recall, 5.1e-5);
    assertAlmostEquals(accuracy(matrix), rate, 5.1e-5);
    assertEquals(macroF1(matrix), uf1(matrix));
  });
}

Deno.test("confusionMatrix() has truth in rows, predictions in columns, and rows for classes that do not occur", () => {
  assertEquals(confusionMatrix(Int32Array.of(0, 0, 2, 2), [0, 2, 2, 0], 4), [
    [1, 0, 1, 0],
    [0, 0, 0, 0],
    [1, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
  assertThrows(() => confusionMatrix([0], [0, 1], 2), TypeError, "expected 1, one for each truth, got 2");
  assertThrows(() => confusionMatrix([0], [2], 2), RangeError, "classes from 0 to 1, got 0 and 2");
  assertThrows(() => confusionMatrix([-1], [0], 2), RangeError, "got -1 and 0");
});

Deno.test("metrics count an undefined class 0, macroF1() alone leaves it out", () => {
  const absent = [[3, 1, 0], [0, 4, 0], [0, 0, 0]];
  assertAlmostEquals(uf1(absent), (6 / 7 + 8 / 9 + 0) / 3);
  assertAlmostEquals(macroF1(absent), (6 / 7 + 8 / 9) / 2);
  assertAlmostEquals(uar(absent), (0.75 + 1 + 0) / 3);
  // Predicted though it does not occur: its F1 is a real 0 for both.
  const predicted = [[3, 0, 1], [0, 4, 0], [0, 0, 0]];
  assertAlmostEquals(macroF1(predicted), uf1(predicted));
  for (const metric of [accuracy, uf1, uar, macroF1]) assertEquals(metric([[0, 0], [0, 0]]), 0);
});

Deno.test("metrics refuse matrices that are not square", () => {
  for (const metric of [accuracy, uf1, uar, macroF1]) {
    assertThrows(() => metric([[1, 2], [3]]), TypeError, "expected a square matrix");
    assertThrows(() => metric([]), TypeError, "expected a square matrix");
  }
});

Deno.test("metrics lie in 0 to 1, are 1 for right predictions only, and do not mind the classes' order", () => {
  const clips = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(clips, (clips) => {
      const truth = clips.map(([t]) => t);
      const predicted = clips.map(([, p]) => p);
      const matrix = confusionMatrix(truth, predicted, 4);
      const turned = confusionMatrix(truth.map((c) => 3 - c), predicted.map((c) => 3 - c), 4);
      for (const metric of [accuracy, uf1, uar, macroF1]) {
        const value = metric(matrix);
        assert(value >= 0 && value <= 1);
        assertAlmostEquals(metric(turned), value, 1e-12);
      }
      const right = clips.every(([t, p]) => t === p);
      assertEquals(accuracy(matrix) === 1, right);
      assertEquals(macroF1(matrix) === 1, right);
    }),
    { numRuns: 200, seed: 8 },
  );
});

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

Deno.test("bootstrapSubjects() gives about the normal interval of a mean", () => {
  const random = createRandom(0, "values");
  const values = Array.from({ length: 100 }, () => random.normal());
  const { estimate, mean: centre, low, high } = bootstrapSubjects(values, mean, {
    samples: 4000,
    random: createRandom(0, "bootstrap"),
  });
  const error = Math.sqrt(mean(values.map((x) => (x - estimate) ** 2)) / values.length);
  assertEquals(estimate, mean(values));
  assertAlmostEquals(centre, estimate, 0.1 * error);
  assertAlmostEquals(low!, estimate - 1.96 * error, 0.2 * error);
  assertAlmostEquals(high!, estimate + 1.96 * error, 0.2 * error);
});

Deno.test("bootstrapSubjects() draws whole subjects, so clips of one subject do not narrow the interval", () => {
  const subjects = [0, 0, 0, 50, 50, 50].map((hits) => ({ hits, clips: 50 }));
  const pooled = (sample: readonly { hits: number; clips: number }[]) =>
    sample.reduce((sum, s) => sum + s.hits, 0) / sample.reduce((sum, s) => sum + s.clips, 0);
  const { estimate, low, high } = bootstrapSubjects(subjects, pooled, { random: createRandom(0, "clusters") });
  assertEquals(estimate, 0.5);
  // Three hundred independent clips would have 0.44 to 0.56.
  assert(low! <= 1 / 6 && high! >= 5 / 6, `${low} to ${high}`);
});

Deno.test("bootstrapSubjects() repeats with the stream, and gives fewer than five subjects the reason in place of bounds", () => {
  const draw = () => bootstrapSubjects([1, 2, 3, 5, 7], mean, { samples: 50, random: createRandom(0, "again") });
  assertEquals(draw(), draw());
  assert(draw().low! < draw().high! && draw().reason === undefined);
  const few = bootstrapSubjects([1, 2, 3, 5], mean, { random: createRandom(0) });
  assertEquals([few.estimate, few.low, few.high], [2.75, null, null]);
  assertEquals(few.reason, "resampling needs at least 5, there are 4");
  assertEquals(bootstrapSubjects([4], mean, { random: createRandom(0) }).reason?.endsWith("there is 1"), true);
});

Deno.test("bootstrapGain() pairs the sides: a constant gain has no spread, however subjects differ", () => {
  const pairs = [0.1, 0.5, 0.9, 0.2, 0.3].map((before) => ({ before, after: before + 0.05 }));
  const gain = bootstrapGain(pairs, mean, { random: createRandom(0, "gain") });
  for (const value of Object.values(gain)) assertAlmostEquals(value as number, 0.05, 1e-12);
  const loss = bootstrapGain(pairs.map(({ before, after }) => ({ before: after, after: before })), mean, {
    random: createRandom(0, "gain"),
  });
  assertAlmostEquals(loss.estimate, -0.05, 1e-12);
});

Deno.test("bootstrapSubjects() and bootstrapGain() refuse no subjects and no resamples", () => {
  const random = createRandom(0);
  assertThrows(() => bootstrapSubjects([], mean, { random }), RangeError, "at least one subject");
  assertThrows(() => bootstrapSubjects([1], mean, { random, samples: 0 }), RangeError, "samples of 1 or more, got 0");
  assertThrows(() => bootstrapGain([], mean, { random }), RangeError, "at least one subject");
});
