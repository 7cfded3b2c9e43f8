import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant, gradients, mul, sumTo, variable } from "../../lib/autodiff/mod.ts";
import {
  type Architecture,
  BACKBONES,
  conv4,
  CONV4_BLOCKS,
  NORM_EPSILON,
  normLayers,
  type NormOptions,
} from "../../lib/model/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../../lib/tree/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { constants, leafAt, SMALL, smoothClips, trainedParams } from "../_util/network.ts";
import { relativeError } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { tolerance } from "../_util/tolerance.ts";

/** The block as textbooks order it: convolution with bias, norm, ReLU, pool. */
function textbook(params: Tree<tf.Tensor>, frames: tf.Tensor, statistics?: readonly tf.Tensor[]) {
  const maps: tf.Tensor[] = [];
  const used: tf.Tensor[] = [];
  let x = frames as tf.Tensor4D;
  for (let block = 1; block <= CONV4_BLOCKS; block++) {
    const part = (name: string) => leafAt(params, `conv${block}.${name}`);
    const z = tf.add(tf.conv2d(x, part("w") as tf.Tensor4D, 1, "same"), part("b"));
    const { mean, variance } = tf.moments(z, [0, 1, 2]);
    const given = statistics?.[block - 1] ?? tf.stack([mean, variance]);
    const [m, v] = tf.unstack(given) as [tf.Tensor, tf.Tensor];
    const normal = tf.mul(tf.sub(z, m), tf.rsqrt(tf.add(v, NORM_EPSILON)));
    const active = tf.relu(tf.add(tf.mul(normal, part("gamma")), part("beta")));
    x = tf.maxPool(active as tf.Tensor4D, 2, 2, "valid");
    maps.push(x);
    used.push(given);
  }
  return { maps, statistics: used };
}

const frames = () => tf.reshape(smoothClips(2, SMALL, 32, "conv4"), [4, 32, 32, 1]);

onEachBackend("conv4() gives the maps and statistics of the textbook order, with γ of both signs", async (backend) => {
  const { ours, theirs } = tf.tidy(() => {
    const params = trainedParams(SMALL);
    const [own, reference] = [conv4(constants(params), constant(frames())), textbook(params, frames())];
    return {
      ours: [...own.maps, ...own.statistics].map(({ tensor }) => tensor),
      theirs: [...reference.maps, ...reference.statistics],
    };
  });
  for (const [i, tensor] of ours.entries()) {
    assertEquals(tensor.shape, theirs[i]!.shape);
    const error = relativeError(await tensor.data(), await theirs[i]!.data());
    assert(error < tolerance(backend), `${i < 4 ? "map" : "statistics"} of block ${i % 4 + 1}: ${error}`);
  }
  tf.dispose([ours, theirs]);
});

Deno.test("conv4() normalises with the statistics it is handed, and hands them on", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const params = trainedParams(SMALL);
    const given = Array.from({ length: 4 }, (_, i) => tf.tensor2d([0.1, -0.2, 0.3, 0.5 + i, 1, 2], [2, 3]));
    const ours = conv4(constants(params), constant(frames()), { statistics: given.map(constant) });
    const theirs = textbook(params, frames(), given);
    assert(relativeError(ours.maps[3]!.tensor.dataSync(), theirs.maps[3]!.dataSync()) < 1e-5);
    assertEquals(ours.statistics.map(({ tensor }) => tensor), given);
  });
});

onEachBackend(
  "a share of the batch's own statistics gives the moments of the mixture",
  async (backend) => {
    for (const backbone of ["conv4", "densenet"] as const) {
      const shape: Architecture = { ...SMALL, backbone };
      const run = (options: NormOptions) => {
        const { maps, statistics } = BACKBONES[backbone]
          .run(constants(trainedParams(shape)), constant(frames()), options);
        return { map: maps[3]!.tensor, statistics: statistics.map(({ tensor }) => tensor as tf.Tensor2D) };
      };
      const layers = normLayers(shape);
      const given = layers.map(([, width], i) =>
        Array.from({ length: 2 }, (_, row) => Array.from({ length: width }, (_, c) => row + Math.sin(i + c) / 2))
      );
      const { own, mixed, replayed, whole, none } = tf.tidy(() => {
        const statistics = given.map((rows) => constant(tf.tensor2d(rows)));
        const mixed = run({ statistics, ownShare: 0.25 });
        return {
          own: run({}),
          mixed,
          replayed: run({ statistics: mixed.statistics.map((tensor) => constant(tensor)) }).map,
          whole: run({ statistics, ownShare: 1 }).map,
          none: [run({ statistics, ownShare: 0 }).map, run({ statistics }).map],
        };
      });
      // The first layer sees the same batch: its mixture can be told by hand.
      const [first, batch] = [await mixed.statistics[0]!.array(), await own.statistics[0]!.array()];
      first[0]!.forEach((mean, c) => {
        const [m, v, gm, gv] = [batch[0]![c]!, batch[1]![c]!, given[0]![0]![c]!, given[0]![1]![c]!];
        assertAlmostEquals(mean, 0.25 * m + 0.75 * gm, 1e-5);
        // E[x²] − E[x]² of the mixture.
        const variance = 0.25 * (v + m * m) + 0.75 * (gv + gm * gm) - (0.25 * m + 0.75 * gm) ** 2;
        assertAlmostEquals(first[1]![c]!, variance, 1e-5);
      });
      // Every layer normalises with what it hands out.
      assert(relativeError(await mixed.map.data(), await replayed.data()) < tolerance(backend));
      assert(relativeError(await whole.data(), await own.map.data()) < tolerance(backend));
      assertEquals(await none[0]!.data(), await none[1]!.data());
      assert(relativeError(await mixed.map.data(), await own.map.data()) > 0.01);
      tf.dispose([own, mixed, replayed, whole, none] as unknown as tf.TensorContainer);
    }
  },
);

Deno.test("conv4()'s biases cancel against the batch's own statistics: no effect to the bit, no gradient", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const params = trainedParams(SMALL);
    const shifted = mapTree(params, (tensor, path) => path.endsWith(".b") ? tf.add(tensor, 3) : tensor);
    const lastMap = (at: Tree<tf.Tensor>) => conv4(constants(at), constant(frames())).maps[3]!.tensor.dataSync();
    assertEquals(lastMap(shifted), lastMap(params));
    const leaves = mapTree(params, variable);
    const { maps } = conv4(leaves, constant(frames()));
    const biases = flattenTree(leaves).filter(([path]) => /^conv\d\.b$/.test(path)).map(([, value]) => value);
    for (const { tensor } of gradients(sumTo(mul(maps[3]!, maps[3]!), []), biases)) {
      assertEquals([...tensor.dataSync()], [0, 0, 0]);
    }
  });
});

Deno.test("conv4() takes γ = 0 for a channel that shows β alone", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const params = unflattenTree(
      flattenTree(trainedParams(SMALL)).map(([path, tensor]): [string, tf.Tensor] => [
        path,
        path === "conv1.gamma" ? tf.tensor1d([1, 0, -1]) : path === "conv1.beta" ? tf.tensor1d([0, 0.25, 0]) : tensor,
      ]),
    );
    const [map] = conv4(constants(params), constant(frames())).maps;
    const channel = tf.slice(map!.tensor, [0, 0, 0, 1], [-1, -1, -1, 1]).dataSync();
    assertEquals(new Set(channel), new Set([0.25]));
  });
});
