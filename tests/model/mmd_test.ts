import { assert, assertAlmostEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant, gradients, variable } from "../../lib/autodiff/mod.ts";
import { medianDistance, mmd2, type Mmd2Options } from "../../lib/model/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { read } from "../_util/network.ts";
import { numbersTensor } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

const rows = (x: tf.Tensor) => x.arraySync() as number[][];
const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]!));

/** Definition of Gretton et al. 2012 in float64, pair by pair. */
function byHand(x: number[][], y: number[][], sigma: number, unbiased: boolean): number {
  const k = (a: number[], b: number[]) => Math.exp(-(distance(a, b) ** 2) / (2 * sigma * sigma));
  const within = (a: number[][]) => {
    const pairs = a.flatMap((p, i) => a.flatMap((q, j) => unbiased && i === j ? [] : [k(p, q)]));
    return pairs.reduce((s, v) => s + v, 0) / pairs.length;
  };
  const cross = x.flatMap((p) => y.map((q) => k(p, q))).reduce((s, v) => s + v, 0) / (x.length * y.length);
  return within(x) + within(y) - 2 * cross;
}

/** The lower median of all pairs' distances. */
function sortedMedian(all: number[][]): number {
  const distances = all.flatMap((p, i) => all.slice(i + 1).map((q) => distance(p, q))).sort((a, b) => a - b);
  return Math.max(1e-3, distances[Math.ceil(distances.length / 2) - 1]!);
}

const options: Readonly<Record<string, Mmd2Options>> = {
  "biased": { sigma: 1.5 },
  "unbiased": { sigma: 1.5, unbiased: true },
  "of median width": { sigma: "median" },
};

for (const [name, option] of Object.entries(options)) {
  Deno.test(`mmd2() ${name}, agrees with the definition, is symmetric, and zero between a set and itself`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const [x, y] = [numbersTensor([4, 3], "x"), numbersTensor([3, 3], "y")];
      const value = (a: tf.Tensor, b: tf.Tensor) => read(mmd2(constant(a), constant(b), option))[0]!;
      const sigma = option.sigma === "median" ? sortedMedian([...rows(x), ...rows(y)]) : option.sigma;
      assertAlmostEquals(value(x, y), byHand(rows(x), rows(y), sigma, option.unbiased ?? false), 1e-6);
      assertAlmostEquals(value(x, y), value(y, x), 1e-6);
      if (!option.unbiased) assertAlmostEquals(value(x, x), 0, 1e-6);
    });
  });
}

Deno.test("mmd2() biased is never negative beyond rounding, near or far", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    for (let draw = 0; draw < 20; draw++) {
      const x = numbersTensor([3, 2], `x${draw}`);
      const y = tf.add(x, tf.mul(10 ** (draw / 4 - 4), numbersTensor([3, 2], `y${draw}`)));
      for (const sigma of [0.1, 1, "median"] as const) {
        const value = read(mmd2(constant(x), constant(y), { sigma }))[0]!;
        assert(value > -1e-6, `draw ${draw}, sigma ${sigma}: ${value}`);
      }
    }
  });
});

Deno.test("mmd2() cross-kernel is −E k(x, y)", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [x, y] = [constant(tf.tensor2d([[0], [1]])), constant(tf.tensor2d([[2]]))];
    const value = read(mmd2(x, y, { sigma: 1, crossOnly: true }))[0]!;
    assertAlmostEquals(value, -(Math.exp(-2) + Math.exp(-0.5)) / 2, 1e-6);
  });
});

Deno.test("mmd2() sends no gradient through the median width", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const [x, y] = [variable(numbersTensor([4, 3], "x")), constant(numbersTensor([3, 3], "y"))];
    const width = medianDistance(x.tensor as tf.Tensor2D, y.tensor as tf.Tensor2D).dataSync()[0]!;
    const slope = (sigma: number | "median") => read(gradients(mmd2(x, y, { sigma }), [x])[0]!);
    slope("median").forEach((value, i) => assertAlmostEquals(value, slope(width)[i]!, 1e-6));
  });
});

onEachBackend("medianDistance() is the lower median of all pairs, sorted by hand", async () => {
  for (const [n, m] of [[1, 1], [2, 1], [2, 2], [3, 2], [5, 3]] as const) {
    const [x, y] = [numbersTensor([n, 3], `x${n}`), numbersTensor([m, 3], `y${m}`)];
    const median = medianDistance(x as tf.Tensor2D, y as tf.Tensor2D);
    const all = [...(await x.array() as number[][]), ...(await y.array() as number[][])];
    assertAlmostEquals((await median.data())[0]!, sortedMedian(all), 1e-5, `${n} and ${m} rows`);
    tf.dispose([x, y, median]);
  }
});

Deno.test("medianDistance() is at least 1e-3, also of equal rows", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const same = tf.ones([3, 2]) as tf.Tensor2D;
    assertAlmostEquals(medianDistance(same, same).dataSync()[0]!, 1e-3, 1e-9);
  });
});
