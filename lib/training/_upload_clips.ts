import * as tf from "@tensorflow/tfjs-core";
import { constant, type Value } from "../autodiff/mod.ts";
import { type ClipSet, toModelInput } from "../data/mod.ts";

/** Clips as the model takes them, `[B, M, H, W, C]`. */
export function clipInput(set: ClipSet, bytes: Uint8Array): { readonly shape: number[]; readonly data: Float32Array } {
  const { frames, size, channels } = set.recipe;
  const shape = [bytes.length / (frames * size * size * channels), frames, size, size, channels];
  return { shape, data: toModelInput(bytes, set.recipe) };
}

/** The same on the current backend. */
export function uploadClips(set: ClipSet, bytes: Uint8Array): Value {
  const { shape, data } = clipInput(set, bytes);
  return constant(tf.tensor(data, shape));
}
