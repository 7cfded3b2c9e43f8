import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { calibrationError, fitTemperature } from "../../lib/eval/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const softmax = (row: readonly number[], t = 1) => {
  const weights = row.map((z) => Math.exp(z / t));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
};

/** Mean negative log-likelihood at a temperature. */
const nll = (rows: readonly number[][], labels: readonly number[], t: number) =>
  -rows.reduce((sum, row, i) => sum + Math.log(softmax(row, t)[labels[i]!]!), 0) / rows.length;

/** Logits, and labels drawn from softmax(z / T). */
function drawn(count: number, t: number) {
  const random = createRandom(0, "temperature", t);
  const rows = Array.from({ length: count }, () => [0, 1, 2, 3].map(() => random.range(-4, 4)));
  const labels = rows.map((row) => {
    let left = random.range(0, 1);
    const at = softmax(row, t).findIndex((p) => (left -= p) < 0);
    return at < 0 ? 3 : at;
  });
  return { rows, labels };
}

Deno.test("fitTemperature() of one logit z that is right in a share a of clips is z / log(a / (1 - a))", () => {
  for (const [z, right] of [[5, 7], [0.4, 9], [1, 6]] as const) {
    const rows = Array.from({ length: 10 }, () => [z, 0]);
    const labels = rows.map((_, i) => i < right ? 0 : 1);
    assertAlmostEquals(fitTemperature(rows, labels), z / Math.log(right / (10 - right)), 1e-9);
  }
});

Deno.test("fitTemperature() finds the temperature that labels were drawn at, where the likelihood is highest", () => {
  for (const t of [0.5, 1, 3]) {
    const { rows, labels } = drawn(4000, t);
    const found = fitTemperature(rows, labels);
    assert(Math.abs(found / t - 1) < 0.08, `${found} for ${t}`);
    for (const other of [0.9, 0.99, 1.01, 1.1]) {
      assert(nll(rows, labels, found) <= nll(rows, labels, found * other), `${found} × ${other}`);
    }
  }
});

Deno.test("fitTemperature() scales with the logits, and takes logarithms of probabilities as well", () => {
  const { rows, labels } = drawn(200, 1.5);
  const t = fitTemperature(rows, labels);
  assertAlmostEquals(fitTemperature(rows.map((row) => row.map((z) => 2 * z)), labels), 2 * t, 1e-9);
  assertAlmostEquals(fitTemperature(rows.map((row) => softmax(row).map(Math.log)), labels), t, 1e-9);
  assertAlmostEquals(fitTemperature(rows.map((row) => row.map((z) => z + 1000)), labels), t, 1e-9);
});

Deno.test("fitTemperature() keeps within its bounds where clips are all right or all wrong, and at 1 where it makes no difference", () => {
  assertEquals(fitTemperature([[3, 0], [0, 2]], [0, 1]), 0.05);
  assertEquals(fitTemperature([[3, 0], [0, 2]], [1, 0]), 20);
  assertEquals(fitTemperature([[0, 0]], [1]), 1);
  assertEquals(fitTemperature([[1e4, -1e4]], [0]), 1);
});

Deno.test("fitTemperature() refuses labels that are not one a row", () => {
  assertThrows(() => fitTemperature([], []), RangeError, "expected one label a row");
  assertThrows(() => fitTemperature([[1, 2]], [0, 1]), RangeError, "got 2 of 1 rows");
});

Deno.test("a temperature that was fitted lowers the calibration error of others of its kind", () => {
  const t = 3;
  const fitted = fitTemperature(drawn(500, t).rows, drawn(500, t).labels);
  const { rows, labels } = drawn(2000, t);
  const [raw, tempered] = [1, fitted].map((at) => calibrationError(rows.map((row) => softmax(row, at)), labels));
  assert(raw! > 0.2 && tempered! < 0.05, `${raw} to ${tempered}`);
});
