import * as tf from "@tensorflow/tfjs-core";
import { constant, type Value } from "../autodiff/mod.ts";
import { type ClipSet, toModelInput } from "../data/mod.ts";

/** Clips as the model takes them, `[B, M, H, W, C]`. */
export function uploadClips(set: ClipSet, bytes: Uint8Array): Value {
  const { frames, size, channels } = set.recipe;
  const shape = [bytes.length / (frames * size * size * channels), frames, size, size, channels];
  return constant(tf.tensor(toModelInput(bytes, set.recipe), shape));
}
