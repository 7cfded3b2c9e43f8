import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { add, constant, gradients, variable } from "../../lib/autodiff/mod.ts";
import { type Architecture, crossEntropy, featureCount, forward, mmd2, NORM_EPSILON } from "../../lib/model/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { constants, leafAt, read, SMALL, smoothClips, trainedParams } from "../_util/network.ts";
import { relativeError } from "../_util/numbers.ts";

const UNET = { ...SMALL, decoder: "unet" } as const;

/** Architectures and sides, with the widths of the auxiliary features. */
const SHAPES: readonly (readonly [Architecture, number, number[]])[] = [
  [SMALL, 16, [3]],
  [SMALL, 20, [3]],
  [{ ...SMALL, frames: 1, inputChannels: 3 }, 33, [3]],
  [{ ...SMALL, frames: 8 }, 16, [3]],
  [UNET, 16, [3, 3, 3]],
  [UNET, 40, [3, 3, 3]],
  [{ ...UNET, channels: 5, frames: 1, inputChannels: 3, classes: 2 }, 7, [5, 5, 5]],
];

for (const [architecture, side, features] of SHAPES) {
  const { decoder, channels, frames, classes } = architecture;
  Deno.test(`forward() of ${decoder}, ${frames} frames of ${side} pixels, gives every output its shape`, async () => {
    await chooseBackend("cpu");
    await withTensorCount(() =>
      tf.tidy(() => {
        const clips = constant(smoothClips(2, architecture, side, "forward"));
        const { logits, auxiliary, statistics } = forward(architecture, constants(trainedParams(architecture)), clips);
        assertEquals(logits!.tensor.shape, [2, classes]);
        assertEquals(auxiliary.map(({ tensor }) => tensor.shape), features.map((f) => [2, f]));
        assertEquals(statistics.map(({ tensor }) => tensor.shape), [1, 2, 3, 4].map(() => [2, channels]));
        assert(read(logits!).every(Number.isFinite));
      })
    );
  });
}

Deno.test("forward() computes what is wanted and nothing else", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const params = constants(trainedParams(UNET));
    const clips = constant(smoothClips(2, UNET, 16, "forward"));
    const all = forward(UNET, params, clips);
    const logits = forward(UNET, params, clips, { want: { logits: true } });
    const auxiliary = forward(UNET, params, clips, { want: { auxiliary: true } });
    const none = forward(UNET, params, clips, { want: {} });
    assertEquals([logits.auxiliary, auxiliary.logits, none.logits, none.auxiliary], [[], null, null, []]);
    assertEquals(read(logits.logits!), read(all.logits!));
    assertEquals(auxiliary.auxiliary.map(read), all.auxiliary.map(read));
    assertEquals(none.statistics.map(read), all.statistics.map(read));
  });
});

Deno.test("forward() pads a side that is no multiple of 16 with zeros at the bottom and right", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const params = constants(trainedParams(UNET));
    const clips = smoothClips(2, UNET, 20, "pad");
    const frames = tf.pad(tf.reshape(clips, [4, 20, 20, 1]), [[0, 0], [0, 12], [0, 12], [0, 0]]);
    const padded = tf.reshape(frames, [2, 2, 32, 32, 1]);
    const [a, b] = [clips, padded].map((tensor) => forward(UNET, params, constant(tensor)));
    assertEquals(read(a!.logits!), read(b!.logits!));
  });
});

for (const architecture of [SMALL, UNET]) {
  const { decoder } = architecture;
  Deno.test(`forward() of ${decoder}, fed its own statistics, gives the same logits`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const params = constants(trainedParams(architecture));
      const clips = constant(smoothClips(3, architecture, 16, "statistics"));
      const { logits, statistics } = forward(architecture, params, clips);
      const again = forward(architecture, params, clips, { statistics });
      assert(relativeError(read(again.logits!), read(logits!)) < 1e-5);
      assertEquals(again.statistics, statistics);
    });
  });
}

/** The network written down with TensorFlow.js's own ops, in the order of the paper's Fig. 3. */
function reference(architecture: Architecture, params: Tree<tf.Tensor>, clips: tf.Tensor): tf.Tensor[] {
  const part = (path: string) => leafAt(params, path);
  const [b, m, h, w, c] = clips.shape as [number, number, number, number, number];
  const conv = (x: tf.Tensor, path: string) =>
    tf.add(tf.conv2d(x as tf.Tensor4D, part(`${path}.w`) as tf.Tensor4D, 1, "same"), part(`${path}.b`));
  let x = tf.reshape(clips, [b * m, h, w, c]) as tf.Tensor4D;
  const maps = ["conv1", "conv2", "conv3", "conv4"].map((block) => {
    const z = conv(x, block);
    const { mean, variance } = tf.moments(z, [0, 1, 2]);
    const slope = tf.mul(part(`${block}.gamma`), tf.rsqrt(tf.add(variance, NORM_EPSILON)));
    const y = tf.relu(tf.add(tf.mul(tf.sub(z, mean), slope), part(`${block}.beta`)));
    x = tf.maxPool(y as tf.Tensor4D, 2, 2, "valid");
    return tf.reshape(x, [b, m, ...x.shape.slice(1)]); // [B, M, h, w, C]
  });
  const inSpace = tf.pad(maps[3]!, [[0, 0], [0, 0], [1, 1], [1, 1], [0, 0]]) as tf.Tensor5D;
  const moments = tf.conv3d(inSpace, part("temporal.w") as tf.Tensor5D, 1, "valid");
  const deepest = tf.mean(tf.relu(tf.add(moments, part("temporal.b"))), 1); // [B, h, w, C]
  const head = (features: tf.Tensor) =>
    tf.add(tf.matMul(features as tf.Tensor2D, part("head.w") as tf.Tensor2D), part("head.b"));
  if (architecture.decoder === "none") {
    const pooled = tf.mean(deepest, [1, 2]);
    return [head(pooled), pooled];
  }
  const branch = (name: string) => {
    let y = tf.relu(conv(deepest, `${name}.encoder`));
    return [8, 4, 2].map((scale, i) => {
      const [, height, width] = y.shape as [number, number, number];
      const twice = tf.image.resizeNearestNeighbor(y as tf.Tensor4D, [2 * height, 2 * width]);
      y = tf.relu(conv(tf.concat([twice, tf.mean(maps[2 - i]!, 1)], 3), `${name}.up${scale}`));
      return tf.mean(conv(y, `${name}.out${scale}`), [1, 2]); // [B, C]
    });
  };
  return [head(tf.concat(branch("primary"), 1)), ...branch("auxiliary")];
}

for (const architecture of [SMALL, { ...SMALL, frames: 8 }, UNET, { ...UNET, inputChannels: 3 }]) {
  const { decoder, frames, inputChannels } = architecture;
  Deno.test(`forward() of ${decoder}, ${frames} frames of ${inputChannels}, agrees with the network in tfjs's own ops`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const params = trainedParams(architecture);
      const clips = smoothClips(2, architecture, 32, "reference");
      const { logits, auxiliary } = forward(architecture, constants(params), constant(clips));
      const expected = reference(architecture, params, clips);
      assertEquals(1 + auxiliary.length, expected.length);
      [logits!, ...auxiliary].forEach((value, i) => {
        assert(relativeError(read(value), expected[i]!.dataSync()) < 1e-5, `output ${i}`);
      });
    });
  });
}

Deno.test("forward() of unet keeps the branches apart: each loss moves its own branch and the shared layers", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const tree = mapTree(trainedParams(UNET), variable);
    const leaves = flattenTree(tree);
    const micro = forward(UNET, tree, constant(smoothClips(3, UNET, 32, "micro")));
    const macro = forward(UNET, tree, constant(smoothClips(3, UNET, 32, "macro")));
    const primary = crossEntropy(micro.logits!, [0, 1, 2]);
    const auxiliary = micro.auxiliary
      .map((features, i) => mmd2(features, macro.auxiliary[i]!, { sigma: "median" }))
      .reduce(add);
    const moves = (loss: typeof primary) => {
      const sizes = gradients(loss, leaves.map(([, value]) => value)).map((slope) => Math.hypot(...read(slope)));
      return sizes.map((size) => size > 1e-6 * Math.max(...sizes));
    };
    const [byPrimary, byAuxiliary] = [moves(primary), moves(auxiliary)];
    leaves.forEach(([path], i) => {
      const cancels = /^conv\d\.b$/.test(path);
      // The alignment loss sees differences of features alone, so a bias of the last layer moves nothing.
      const shift = /^auxiliary\.out\d\.b$/.test(path);
      assertEquals(byPrimary[i], !cancels && !path.startsWith("auxiliary."), `primary loss, ${path}`);
      assertEquals(byAuxiliary[i], !cancels && !shift && !/^(primary|head)\./.test(path), `auxiliary loss, ${path}`);
    });
  });
});

Deno.test("forward() refuses clips of another rank, frame count or channel count", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const params = constants(trainedParams(SMALL));
    for (const shape of [[2, 16, 16, 1], [1, 3, 16, 16, 1], [1, 2, 16, 16, 3]]) {
      assertThrows(
        () => forward(SMALL, params, constant(tf.zeros(shape))),
        TypeError,
        `Cannot run the network: expected clips [B, 2, H, W, 1], got [${shape}]`,
      );
    }
  });
});

Deno.test("forward() gives the features that feed the head, and logits of a metric head by its memory alone", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    for (const architecture of [SMALL, UNET]) {
      const params = constants(trainedParams(architecture));
      const clips = constant(smoothClips(3, architecture, 16, "features"));
      const { features, logits } = forward(architecture, params, clips, { want: { features: true, logits: true } });
      assertEquals(features!.tensor.shape, [3, featureCount(architecture)]);
      const head = tf.add(
        tf.matMul(features!.tensor as tf.Tensor2D, leafAt(params, "head.w").tensor as tf.Tensor2D),
        leafAt(params, "head.b").tensor,
      );
      assert(relativeError(read(logits!), head.dataSync()) < 1e-6);
      const alone = forward(architecture, params, clips, { want: { features: true } });
      assertEquals([alone.logits, read(alone.features!)], [null, read(features!)]);
      assertEquals(forward(architecture, params, clips, { want: { auxiliary: true } }).features, null);

      const metric = { ...architecture, head: "euclidean" } as const;
      const memory = { features: features!, labels: [2, 0, 1] };
      const distances = read(forward(metric, params, clips, { memory }).logits!);
      // Each clip is its own class's mean.
      assertEquals([distances[2], distances[3], distances[7]], [-0, -0, -0]);
      assert(distances.filter((value) => value < 0).length === 6);
      assertThrows(
        () => forward(metric, params, clips),
        TypeError,
        "Cannot run the network: expected a memory for its euclidean head, got none",
      );
    }
  });
});
