import * as tf from "@tensorflow/tfjs-core";
import { constant, type Value } from "../../lib/autodiff/mod.ts";
import { type Architecture, initParams, type Params } from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { flattenTree, mapTree, type Tree } from "../../lib/tree/mod.ts";
import { numbers } from "./numbers.ts";

/** A small network: three channels, two grey frames, three classes. */
export const SMALL = { decoder: "none", channels: 3, frames: 2, inputChannels: 1, classes: 3 } as const;

/** Parameters as training leaves them: γ of both signs, biases and β away from zero. */
export function trainedParams(architecture: Architecture, seed = 0): Tree<tf.Tensor> {
  return mapTree(initParams(architecture, createRandom(seed, "test")), (tensor, path) => {
    if (path.endsWith(".w")) return tensor;
    const { shape } = tensor;
    const moved = numbers(tensor.size, `${seed} ${path}`, "unit")
      .map((value, i) => path.endsWith(".gamma") ? (i % 2 === 0 ? 1 : -1) * (1 + value / 2) : value / 2);
    tensor.dispose();
    return tf.tensor(moved, shape);
  });
}

/**
 * Filters under which sixteen convolutions in a row keep float32's digits: VGG's random parts are made smaller beside their
 * centre taps, and the first filter gets one. Random filters of a few channels lose some 1e-2 by the last layer.
 */
export function wellConditioned(params: Tree<tf.Tensor>): Tree<tf.Tensor> {
  return mapTree(params, (tensor, path) => {
    if (!/^group\d\.conv\d\.w$/.test(path)) return tensor;
    const [, , cin, cout] = tensor.shape as [number, number, number, number];
    const [share, tap] = path === "group1.conv1.w" ? [0.5, 0] : [Math.SQRT1_2, 1];
    const values = tensor.dataSync().map((value) => share * value);
    for (let f = 0; f < cout; f++) values[(4 * cin + f % cin) * cout + f]! += 1 - share * tap;
    tensor.dispose();
    return tf.tensor(values, [3, 3, cin, cout]);
  });
}

/** The numbers of {@linkcode smoothClips}. */
export function smoothValues(count: number, architecture: Architecture, size: number, name: string): number[] {
  const { frames, inputChannels } = architecture;
  const random = createRandom(0, "test", name);
  return Array.from({ length: count * frames }, () => {
    const waves = Array.from({ length: 3 }, () => [random.range(0, 0.6), random.range(0, 0.6), random.range(0, 6.3)]);
    return Array.from({ length: size * size * inputChannels }, (_, at) => {
      const pixel = Math.floor(at / inputChannels);
      const [y, x, c] = [Math.floor(pixel / size), pixel % size, at % inputChannels];
      return 0.5 + waves.reduce((sum, [a, b, phase]) => sum + Math.sin(a! * y + b! * x + phase! + c), 0) / 6;
    });
  }).flat();
}

/** `[B, M, size, size, C]` clips in [0, 1], smooth as pictures are. */
export function smoothClips(count: number, architecture: Architecture, size: number, name: string): tf.Tensor {
  const { frames, inputChannels } = architecture;
  return tf.tensor(smoothValues(count, architecture, size, name), [count, frames, size, size, inputChannels]);
}

/** The leaf at a dotted path. */
export function leafAt<T>(tree: Tree<T>, path: string): T {
  const found = flattenTree(tree).find(([name]) => name === path);
  if (found === undefined) throw new RangeError(`Cannot find ${path}`);
  return found[1];
}

/** A tree of tensors as constants of a graph. */
export function constants(tree: Tree<tf.Tensor>): Params {
  return mapTree(tree, constant);
}

/** The elements of a value, on a backend that can be read at once. */
export function read(value: Value): number[] {
  return [...value.tensor.dataSync()];
}
