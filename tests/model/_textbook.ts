import * as tf from "@tensorflow/tfjs-core";
import { type BackboneName, NORM_EPSILON } from "../../lib/model/mod.ts";
import type { Tree } from "../../lib/tree/mod.ts";
import { leafAt } from "../_util/network.ts";

/** Maps at 1/2, 1/4, 1/8 and 1/16, and `[2, C]` of each normalised layer. */
export interface TextbookOutput {
  readonly maps: tf.Tensor[];
  readonly statistics: tf.Tensor[];
}

/** The layers of one pass, as the papers order them, in TensorFlow.js's own ops. */
function createLayers(params: Tree<tf.Tensor>, given?: readonly tf.Tensor[]) {
  const statistics: tf.Tensor[] = [];
  const part = (path: string) => leafAt(params, path);
  return {
    statistics,
    conv: (x: tf.Tensor, path: string, stride = 1) => {
      const w = part(`${path}.w`) as tf.Tensor4D;
      return tf.conv2d(x as tf.Tensor4D, w, stride, w.shape[0] === 1 ? 0 : 1);
    },
    norm(x: tf.Tensor, path: string) {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const used = given?.[statistics.length] ?? tf.stack([mean, variance]);
      statistics.push(used);
      const [m, v] = tf.unstack(used) as [tf.Tensor1D, tf.Tensor1D];
      const [gamma, beta] = [part(`${path}.gamma`), part(`${path}.beta`)] as [tf.Tensor1D, tf.Tensor1D];
      return tf.batchNorm(x as tf.Tensor4D, m, v, beta, gamma, NORM_EPSILON);
    },
  };
}

const maxPool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid");

type Textbook = (params: Tree<tf.Tensor>, frames: tf.Tensor, given?: readonly tf.Tensor[]) => TextbookOutput;

const resnet: Textbook = (params, frames, given) => {
  const { conv, norm, statistics } = createLayers(params, given);
  let x: tf.Tensor = maxPool(tf.relu(norm(conv(frames, "stem"), "stem")));
  const maps = ["stage1", "stage2", "stage3", "stage4"].map((stage, i) => {
    const inner = tf.relu(norm(conv(x, `${stage}.conv1`, i === 0 ? 1 : 2), `${stage}.conv1`));
    const residual = norm(conv(inner, `${stage}.conv2`), `${stage}.conv2`);
    const shortcut = i === 0 ? x : norm(conv(x, `${stage}.shortcut`, 2), `${stage}.shortcut`);
    return x = tf.relu(tf.add(residual, shortcut));
  });
  return { maps, statistics };
};

const vgg19: Textbook = (params, frames, given) => {
  const { conv, norm, statistics } = createLayers(params, given);
  let x = frames;
  const ends = [2, 2, 4, 4, 4].map((count, i) => {
    for (let k = 1; k <= count; k++) {
      const path = `group${i + 1}.conv${k}`;
      x = tf.relu(norm(conv(x, path), path));
    }
    return x = i < 4 ? maxPool(x) : x;
  });
  return { maps: [ends[0]!, ends[1]!, ends[2]!, ends[4]!], statistics };
};

const densenet: Textbook = (params, frames, given) => {
  const { conv, norm, statistics } = createLayers(params, given);
  let x: tf.Tensor = maxPool(tf.relu(norm(conv(frames, "stem"), "stem")));
  const maps = [1, 2, 3, 4].map((block) => {
    for (const k of [1, 2, 3]) {
      const path = `block${block}.layer${k}`;
      x = tf.concat([x, conv(tf.relu(norm(x, path)), path)], 3);
    }
    if (block === 4) return tf.relu(norm(x, "last"));
    const map = tf.relu(norm(x, `transition${block}`));
    x = tf.avgPool(conv(map, `transition${block}`) as tf.Tensor4D, 2, 2, "valid");
    return map;
  });
  return { maps, statistics };
};

/** The backbones beside Conv4, written down from their papers. */
export const TEXTBOOK: Readonly<Record<Exclude<BackboneName, "conv4">, Textbook>> = { resnet, vgg19, densenet };
