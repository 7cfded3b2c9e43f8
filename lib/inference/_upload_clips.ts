import * as tf from "@tensorflow/tfjs-core";
import { toModelInput } from "../data/mod.ts";
import type { ModelCard } from "./types.ts";

/** Uploads uint8 clips as the network takes them, `[B, M, H, W, C]`. */
export function uploadClips(clips: Uint8Array, { recipe }: Pick<ModelCard, "recipe">): tf.Tensor {
  const { frames, size, channels } = recipe;
  const length = frames * size * size * channels;
  return tf.tensor(toModelInput(clips, recipe), [clips.length / length, frames, size, size, channels]);
}
