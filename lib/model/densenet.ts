import { avgPool, channelMoments, concat, conv2d, relu, reshape, type Value } from "../autodiff/mod.ts";
import { layer, tasksOf } from "./_layers.ts";
import { convNormShapes, createNormaliser } from "./_normaliser.ts";
import type { BackboneOutput, BackbonePlan, NormOptions, Params } from "./types.ts";

/** Dense blocks, at 1/2, 1/4, 1/8 and 1/16 of the input's side. */
const BLOCKS = 4;

/** Layers of a block. */
const LAYERS = 3;

/** Moments of maps joined along channels, `[2, T·C]` and `[2, T·k]` → `[2, T·(C + k)]`. */
function joinMoments(parts: readonly Value[], tasks: number): Value {
  const rows = parts.map((part) => reshape(part, [2, tasks, part.tensor.size / (2 * tasks)]));
  const joined = concat(rows, 2);
  return reshape(joined, [2, joined.tensor.size / 2]);
}

/**
 * DenseNet for small inputs: a stem of 3×3 convolution, norm, ReLU and 2×2 max pool, then four dense blocks of three layers,
 * x ← [x, conv(relu(norm(x)))], each adding k channels. A transition between blocks is norm, ReLU, 1×1 convolution to half
 * the channels and 2×2 mean; the mean is taken before the convolution, which is the same function on a quarter of the
 * pixels. The map of a scale is the transition's relu(norm(x)), at the end that of a last norm. Each channel's moments are
 * taken once, whatever number of layers reads it.
 *
 * @param params `stem` `{w, gamma, beta}`, `block1` … `block4` `{layer1, layer2, layer3}` and `transition1` … `transition3`
 * each `{gamma, beta, w}`, `last` `{gamma, beta}`; growth rate k = C/2 rounded up, stem of C channels.
 * @param frames `[B, H, W, C]`, sides multiples of 16.
 * @param options Statistics of the 17 normalised layers; without them the batch's own.
 * @returns Maps and statistics.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { constant } from "../autodiff/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { mapTree } from "../tree/mod.ts";
 * import { densenet, initParams } from "./mod.ts";
 * await tf.setBackend("cpu");
 * const shape = {
 *   backbone: "densenet", decoder: "none", channels: 2, frames: 1, inputChannels: 1, classes: 2,
 * } as const;
 * const params = mapTree(initParams(shape, createRandom(0)), constant);
 * assertEquals(densenet(params, constant(tf.zeros([1, 16, 16, 1]))).maps[0]!.tensor.shape, [1, 8, 8, 5]);
 * ```
 *
 * Source: Huang et al., Densely Connected Convolutional Networks (CVPR 2017), without bottlenecks, compression 0.5.
 */
export function densenet(params: Params, frames: Value, options: NormOptions = {}): BackboneOutput {
  const normaliser = createNormaliser(options);
  const maps: Value[] = [];
  let x = normaliser.convNormPool(frames, layer(params, "stem")); // [B, H/2, W/2, C]
  for (let block = 1; block <= BLOCKS; block++) {
    let moments: Value | undefined;
    // Those of a concatenation are those of its parts; none are taken when statistics are replayed.
    const momentsOf = (map: Value, tasks: number) => moments ??= channelMoments(map, tasks);
    const preActivation = (map: Value, parameters: Record<string, Value>) =>
      relu(normaliser.norm(map, parameters, () => momentsOf(map, tasksOf(parameters.gamma!, map))));
    for (let k = 1; k <= LAYERS; k++) {
      const parameters = layer(params, `block${block}`, `layer${k}`);
      const grown = conv2d(preActivation(x, parameters), parameters.w!); // [B, h, w, k]
      const tasks = tasksOf(parameters.gamma!, x);
      x = concat([x, grown], 3);
      if (moments !== undefined) moments = joinMoments([moments, channelMoments(grown, tasks)], tasks);
    }
    const transition = layer(params, block < BLOCKS ? `transition${block}` : "last");
    const map = preActivation(x, transition);
    maps.push(map);
    if (block < BLOCKS) x = conv2d(avgPool(map), transition.w!); // [B, h/2, w/2, C]
  }
  return { maps, statistics: normaliser.used };
}

/** Growth rate C/2 and a stem of C channels: 32 and 64, those of the paper's ImageNet networks, for C = 64. */
export function densenetPlan(c: number, inputChannels: number): BackbonePlan {
  const growth = Math.ceil(c / 2);
  const shapes = convNormShapes("stem", 3, inputChannels, c);
  const widths: number[] = [];
  let width = c;
  const normConv = (path: string, kernel: number, cout: number) =>
    shapes.push(
      [`${path}.gamma`, [width]],
      [`${path}.beta`, [width]],
      [`${path}.w`, [kernel, kernel, width, cout]],
    );
  for (let block = 1; block <= BLOCKS; block++) {
    for (let k = 1; k <= LAYERS; k++) {
      normConv(`block${block}.layer${k}`, 3, growth);
      width += growth;
    }
    widths.push(width);
    if (block === BLOCKS) break;
    const half = Math.floor(width / 2);
    normConv(`transition${block}`, 1, half);
    width = half;
  }
  shapes.push(["last.gamma", [width]], ["last.beta", [width]]);
  return { shapes, widths: widths as [number, number, number, number] };
}
