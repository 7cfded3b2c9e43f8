import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant, gradients, mul, sumTo, type Value, variable } from "../../lib/autodiff/mod.ts";
import { type BackboneName, BACKBONES, forward, initParams, normLayers, parameterShapes } from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree, mapTree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { constants, leafAt, read, SMALL, smoothClips, trainedParams, wellConditioned } from "../_util/network.ts";
import { derivativeAtZero, dot, numbers, relativeError } from "../_util/numbers.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { tolerance } from "../_util/tolerance.ts";
import { TEXTBOOK } from "./_textbook.ts";

/** Channels of the four maps, and normalised layers, for C = 3. */
const SIZES = {
  resnet: { widths: [3, 6, 12, 24], layers: 12 },
  vgg19: { widths: [2, 4, 8, 16], layers: 16 },
  densenet: { widths: [9, 10, 11, 11], layers: 17 },
} as const;

const NAMES = Object.keys(SIZES) as (keyof typeof SIZES)[];

const network = (backbone: BackboneName) => ({ ...SMALL, backbone });

/** Four frames of 32×32. */
const frames = () => tf.reshape(smoothClips(2, SMALL, 32, "backbones"), [4, 32, 32, 1]);

for (const name of NAMES) {
  const { widths, layers } = SIZES[name];
  onEachBackend(
    `${name}() gives the maps and statistics of the paper's order, with γ of both signs`,
    async (backend) => {
      const { ours, theirs } = tf.tidy(() => {
        const params = trainedParams(network(name));
        const own = BACKBONES[name].run(constants(params), constant(frames()));
        const reference = TEXTBOOK[name](params, frames());
        return {
          ours: [...own.maps, ...own.statistics].map(({ tensor }) => tensor),
          theirs: [...reference.maps, ...reference.statistics],
        };
      });
      assertEquals(ours.slice(0, 4).map(({ shape }) => shape), widths.map((c, i) => [4, 16 >> i, 16 >> i, c]));
      assertEquals(ours.length, 4 + layers);
      for (const [i, tensor] of ours.entries()) {
        assertEquals(tensor.shape, theirs[i]!.shape);
        const error = relativeError(await tensor.data(), await theirs[i]!.data());
        assert(error < tolerance(backend), `${i < 4 ? `map ${i}` : `statistics ${i - 4}`}: ${error}`);
      }
      tf.dispose([ours, theirs]);
    },
  );

  Deno.test(`${name}() normalises with the statistics it is handed, and hands them on`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const params = trainedParams(network(name));
      const given = normLayers(network(name)).map(([path, c]) =>
        tf.stack([
          tf.tensor1d(numbers(c, `${path} mean`, "unit")),
          tf.tensor1d(numbers(c, `${path} variance`, "unit").map((value) => 1.5 + value)),
        ])
      );
      const ours = BACKBONES[name].run(constants(params), constant(frames()), { statistics: given.map(constant) });
      const theirs = TEXTBOOK[name](params, frames(), given);
      ours.maps.forEach(({ tensor }, i) => {
        const error = relativeError(tensor.dataSync(), theirs.maps[i]!.dataSync());
        assert(error < 1e-5, `map ${i}: ${error}`);
      });
      assertEquals(ours.statistics.map(({ tensor }) => tensor), given);
    });
  });

  Deno.test(`${name}()'s plan is what it runs: widths of the maps, and layers in the order of the statistics`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      for (const channels of [1, 2, 5]) {
        const architecture = { ...network(name), channels };
        const own = BACKBONES[name].run(constants(trainedParams(architecture)), constant(tf.zeros([1, 16, 16, 1])));
        const plan = BACKBONES[name].plan(channels, 1);
        assertEquals(own.maps.map(({ tensor }) => tensor.shape[3]), [...plan.widths]);
        assertEquals(own.statistics.map(({ tensor }) => tensor.shape), normLayers(architecture).map(([, c]) => [2, c]));
      }
      // A layer's own moments show which layer a row is of: its γ scales the next layer's, not its own.
      const params = trainedParams(network(name));
      const before = BACKBONES[name].run(constants(params), constant(frames())).statistics.map(read);
      normLayers(network(name)).slice(0, -1).forEach(([path], at) => {
        const scaled = mapTree(params, (tensor, leaf) => leaf === `${path}.beta` ? tf.add(tensor, 2) : tensor);
        const after = BACKBONES[name].run(constants(scaled), constant(frames())).statistics.map(read);
        const changed = after.findIndex((row, i) => relativeError(row, before[i]!) > 1e-6);
        // The last block's residual feeds no norm; whose row it is, the textbook's order says.
        if (changed < 0) assertEquals(path, "stage4.conv2");
        else assert(changed > at, `${path} is row ${at}, but its β changes row ${changed}`);
      });
    });
  });

  Deno.test(`${name}() is differentiated right, says the textbook's loss by central differences`, async () => {
    await chooseBackend("cpu");
    const architecture = { ...network(name), channels: 2 };
    // β high enough that no ReLU is near its edge; the pools of these frames have none either, see the two steps.
    const params = mapTree(
      wellConditioned(trainedParams(architecture, 3)),
      (tensor, path) => path.endsWith(".beta") ? tf.add(tensor, 4) : tensor,
    );
    const input = tf.reshape(smoothClips(8, SMALL, 16, "differences"), [16, 16, 16, 1]);
    const leaves = flattenTree(params).filter(([path]) => !/^(temporal|head)/.test(path));
    const maps = (values: readonly tf.Tensor[]) =>
      values.map(({ shape, size }, i) => tf.tensor(numbers(size, `v${i}`), shape));
    const { slopes, size } = await withTensorCount(() => {
      const tensors = tf.tidy(() => {
        const tree = mapTree(params, variable);
        const own = BACKBONES[name].run(tree, constant(input)).maps;
        const weights = maps(own.map(({ tensor }) => tensor));
        const loss = own.map((map, i) => sumTo(mul(map, constant(weights[i]!)), []));
        const all = leaves.map(([path]) => leafAt(tree, path));
        const parts = loss.map((part) => gradients(part, all).map(({ tensor }) => tensor));
        return all.map((_, i) => tf.addN(parts.map((part) => part[i]!)));
      });
      const arrays = tensors.map((tensor) => tensor.dataSync() as Float32Array);
      tf.dispose(tensors);
      return { slopes: arrays, size: Math.sqrt(arrays.reduce((sum, a) => sum + dot(a, a), 0)) };
    });
    const lossAt = (direction: readonly Float32Array[]) => (t: number) =>
      tf.tidy(() => {
        const moved = mapTree(params, (tensor, path) => {
          const at = leaves.findIndex(([leaf]) => leaf === path);
          return at < 0 ? tensor : tf.add(tensor, tf.mul(t, tf.tensor(direction[at]!, tensor.shape)));
        });
        const out = TEXTBOOK[name](moved, input).maps;
        return maps(out).reduce((sum, weight, i) => sum + dot(weight.dataSync(), out[i]!.dataSync()), 0);
      });
    for (const seed of ["first", "second"]) {
      const raw = slopes.map(({ length }, i) => numbers(length, `${seed} ${i}`));
      const norm = Math.sqrt(raw.reduce((sum, a) => sum + dot(a, a), 0));
      const direction = raw.map((a) => a.map((value) => value / norm));
      const along = slopes.reduce((sum, a, i) => sum + dot(a, direction[i]!), 0);
      const [wide, narrow] = [
        await derivativeAtZero(lossAt(direction), 4e-3),
        await derivativeAtZero(lossAt(direction), 2e-3),
      ];
      assert(Math.abs(wide - narrow) < 2e-4 * size, `a branch flips within the step: ${wide}, ${narrow}, size ${size}`);
      assert(Math.abs(along - narrow) < 2e-4 * size, `${along}, differences say ${narrow}, size ${size}`);
    }
    mapTree(params, (tensor) => tensor.dispose());
    input.dispose();
  });

  for (const decoder of ["none", "unet"] as const) {
    for (const [count, side] of [[1, 28], [8, 32], [2, 64]] as const) {
      Deno.test(`forward() of ${name}, ${decoder}, ${count} frames of ${side} pixels: shapes, replay, no leak`, async () => {
        await chooseBackend("wasm");
        const architecture = { ...network(name), decoder, channels: 2, frames: count };
        await withTensorCount(() =>
          tf.tidy(() => {
            const params = constants(trainedParams(architecture));
            const clips = constant(smoothClips(2, architecture, side, "shapes"));
            const { logits, auxiliary, statistics } = forward(architecture, params, clips);
            assertEquals(logits!.tensor.shape, [2, 3]);
            assertEquals(
              auxiliary.map(({ tensor }) => tensor.shape),
              decoder === "none" ? [[2, 2]] : [[2, 2], [2, 2], [2, 2]],
            );
            assert([logits!, ...auxiliary].every((value) => read(value).every(Number.isFinite)));
            const again = forward(architecture, params, clips, { statistics });
            assert(relativeError(read(again.logits!), read(logits!)) < 1e-5);
            assertEquals(again.statistics, statistics);
          })
        );
      });
    }
  }

  Deno.test(`forward() of ${name} refuses statistics of another number of layers`, async () => {
    await chooseBackend("cpu");
    tf.tidy(() => {
      const params = constants(trainedParams(network(name)));
      const statistics = Array.from({ length: 4 }, (): Value => constant(tf.ones([2, 3])));
      assertThrows(
        () => forward(network(name), params, constant(smoothClips(1, SMALL, 16, "few")), { statistics }),
        TypeError,
        `Cannot run the network: expected statistics of the ${layers} normalised layers of ${name}, got 4`,
      );
    });
  });
}

/** Parameters at the default configuration, which docs/method.md prints. */
const PARAMETERS = {
  conv4: [7_248, 55_251],
  resnet: [307_248, 470_451],
  vgg19: [314_216, 405_995],
  densenet: [28_442, 126_845],
} as const;

for (const [name, [own, all]] of Object.entries(PARAMETERS)) {
  Deno.test(`${name} of 16 channels has ${own} parameters, ${all} with the decoders of eight frames`, () => {
    const architecture = {
      backbone: name as BackboneName,
      decoder: "unet",
      channels: 16,
      frames: 8,
      inputChannels: 1,
      classes: 3,
    } as const;
    const count = (shapes: readonly (readonly [string, readonly number[]])[]) =>
      shapes.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    assertEquals(count(BACKBONES[architecture.backbone].plan(16, 1).shapes), own);
    assertEquals(count(parameterShapes(architecture)), all);
  });
}

Deno.test("initParams() starts every backbone with maps of a size that training starts from", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    for (const backbone of NAMES) {
      const architecture = { ...network(backbone), channels: 8 };
      const params = initParams(architecture, createRandom(0, "init"));
      assertEquals(flattenTree(params).map(([path, { shape }]) => [path, shape]), parameterShapes(architecture));
      const { gains = {}, centred = [] } = BACKBONES[backbone].plan(8, 1);
      for (const [path, tensor] of flattenTree(params)) {
        if (path.endsWith(".gamma")) tensor.dataSync().forEach((g) => assertAlmostEquals(g, gains[path] ?? 1, 1e-7));
      }
      // The taps hold one, the rest of a filter has half the variance of He's.
      assertEquals(centred.length, backbone === "vgg19" ? 15 : 0);
      for (const path of centred) {
        const { shape } = leafAt(params, path);
        const [, , cin, cout] = shape as [number, number, number, number];
        const values = leafAt(params, path).dataSync().slice();
        for (let f = 0; f < cout; f++) values[(4 * cin + f % cin) * cout + f]! -= 1;
        const variance = dot(values, values) / values.length;
        assertAlmostEquals(variance * 9 * cin, 1, 4 * Math.sqrt(2 / values.length), path);
      }
      assert(Object.keys(gains).every((path) => leafAt(params, path).size > 0));
    }
  });
});
