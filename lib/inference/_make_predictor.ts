import * as tf from "@tensorflow/tfjs-core";
import { addressesOf, constant, recordProgram, type Value } from "../autodiff/mod.ts";
import { toModelInput } from "../data/mod.ts";
import { type Architecture, createNormFolds, forward, type Memory } from "../model/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, mapTree, type Tree } from "../tree/mod.ts";
import type { Programs } from "./_programs.ts";
import { softmaxRows } from "./_softmax_rows.ts";
import { uploadClips } from "./_upload_clips.ts";
import { architectureOf } from "./architecture_of.ts";
import { checkWeights } from "./check_weights.ts";
import { memoryValues, type StoredMemory } from "./memory.ts";
import { statisticsValues } from "./statistics.ts";
import { toTensors } from "./tensors.ts";
import type { ModelCard, Predictor, Weights } from "./types.ts";

/** Clips run through the network at a time: bounds memory whatever a request holds. */
const CHUNK = 16;

/**
 * Uploads what predicts. A function of its own, because functions made in one scope keep all of it alive: a predictor
 * would hold the weights at rest, in memory twice.
 */
function uploadWeights(weights: Weights, card: ModelCard, architecture: Architecture) {
  const stored = weights as { params: Tree<StoredTensor>; stats: Tree<StoredTensor>; memory?: StoredMemory };
  checkWeights(stored.params, architecture);
  // In a scope, so that nothing stays uploaded when a part is missing.
  return tf.tidy(() =>
    ({
      params: mapTree(toTensors(stored.params), constant),
      statistics: statisticsValues(stored.stats, card.config.backbone),
      memory: memoryValues(stored.memory, architecture),
    }) as unknown as tf.TensorContainer
  ) as unknown as { params: Tree<Value>; statistics: Value[]; memory: Memory | null };
}

/**
 * Makes weights ready to predict; see {@linkcode Predictor}.
 *
 * The first call runs the network op by op. On wasm the second makes a program of a clip's pass, unless a predictor of
 * the same kind did; from then on clips go through that, one after another: a clip's maps then stay in the processor's
 * cache, and there is no work around an op.
 *
 * @param options `calibrated`: the weights are a person's. `programs`: those that predictors of one engine share.
 */
export function makePredictor(
  weights: Weights,
  card: ModelCard,
  { calibrated = false, programs }: { readonly calibrated?: boolean; readonly programs: Programs },
): Predictor {
  const temperature = card.temperature?.[calibrated ? "calibrated" : "base"];
  const architecture = architectureOf(card.config, card.classes.length);
  const { params, statistics, memory } = uploadWeights(weights, card, architecture);
  // By name: a program takes weights by their places in this list, and trees have their keys in any order.
  const byName = flattenTree(params).toSorted(([a], [b]) => a < b ? -1 : 1);
  const owned: tf.Tensor[] = byName.map(([, { tensor }]) => tensor);
  owned.push(...statistics.map((value) => value.tensor));
  if (memory) owned.push(memory.features.tensor);
  // Its sign, slope and shift take three numbers where a channel's statistics take two.
  const folds = createNormFolds();
  let bytes = 0;
  for (const tensor of owned) bytes += 4 * tensor.size;
  for (const { tensor } of statistics) bytes += 6 * tensor.size;
  const { frames, size, channels } = card.recipe;
  const clipLength = frames * size ** 2 * channels;
  const wasm = tf.getBackend() === "wasm";
  const share = programs.share(JSON.stringify([tf.getBackend(), architecture, size]));
  /** Where the weights lie, once all of them are there. */
  let given: number[] | undefined;
  let disposed = false;

  const logitsOf = (clips: tf.Tensor) =>
    forward(architecture, params, constant(clips), {
      ...{ statistics, folds },
      ...(memory && { memory }),
      want: { logits: true },
    }).logits!.tensor;

  /** Op by op. */
  async function pass(clips: Uint8Array): Promise<Float32Array> {
    const logits = tf.tidy(() => logitsOf(uploadClips(clips, card)));
    try {
      return await logits.data() as Float32Array;
    } finally {
      logits.dispose();
    }
  }

  /** One clip by the program of this kind of network; null where there is none. */
  function replay(clip: Uint8Array): Float32Array | null {
    if (given === undefined || share.program === null || tf.getBackend() !== "wasm") return null;
    const { recipe } = card;
    if (share.program !== undefined) return share.program.run((input) => toModelInput(clip, recipe, input), given);
    const input = toModelInput(clip, recipe);
    const known = [...owned, ...folds.tensors];
    const recorded = recordProgram(input, [1, frames, size, size, channels], known, logitsOf);
    share.program = recorded.program;
    return recorded.result;
  }

  return {
    bytes,
    get batches() {
      return wasm && share.program === null;
    },
    async predict(clips) {
      if (disposed) throw new Error("Cannot predict: the predictor was disposed of");
      const count = clips.length / clipLength;
      const n = card.classes.length;
      if (!Number.isInteger(count)) {
        throw new TypeError(`Cannot predict: expected clips of ${clipLength} bytes, got ${clips.length} bytes in all`);
      }
      const logits = new Float32Array(count * n);
      for (let at = 0; at < count;) {
        const one = replay(clips.subarray(at * clipLength, (at + 1) * clipLength));
        const step = one === null ? Math.min(CHUNK, count - at) : 1;
        logits.set(one ?? await pass(clips.subarray(at * clipLength, (at + step) * clipLength)), at * n);
        at += step;
      }
      // The first pass has made the folds.
      given ??= wasm && count > 0 ? addressesOf([...owned, ...folds.tensors]) : undefined;
      return softmaxRows(logits, n, temperature);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      share.leave();
      folds.dispose();
      tf.dispose(owned);
    },
  };
}
