import * as tf from "@tensorflow/tfjs-core";
import { constant, type Value, variable } from "../autodiff/mod.ts";
import { ALGORITHMS, type Config, innerRateOf, innerStepsOf } from "../config/mod.ts";
import { canMagnify, magnifyClips } from "../data/mod.ts";
import { estimateBytes, innerLoop } from "../meta/mod.ts";
import { forward } from "../model/mod.ts";
import { checkMemory } from "../runtime/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, mapTree, type Tree } from "../tree/mod.ts";
import { makePredictor } from "./_make_predictor.ts";
import { createPrograms } from "./_programs.ts";
import { readStatistics } from "./_read_statistics.ts";
import { remember } from "./_remember.ts";
import { architectureOf } from "./architecture_of.ts";
import { calibrationWork } from "./calibration_work.ts";
import { checkWeights } from "./check_weights.ts";
import { supportNormOf } from "./_support_norm_of.ts";
import { uploadClips } from "./_upload_clips.ts";
import { toStored, toTensors } from "./tensors.ts";
import type { Calibration, CalibrationClips, Fit, InferenceEngine, ModelCard, Weights } from "./types.ts";

/** The bytes of the clips that `keep` picks. */
function pickClips(clips: Uint8Array, count: number, keep: (index: number) => boolean): Uint8Array {
  const length = clips.length / count;
  const picked = Array.from({ length: count }, (_, i) => i).filter(keep);
  const out = new Uint8Array(picked.length * length);
  picked.forEach((from, to) => out.set(clips.subarray(from * length, (from + 1) * length), to * length));
  return out;
}

/** The macro clips of a calibration: those given, else the micro clips magnified, else none. */
function macroClips(micro: Uint8Array, given: Uint8Array, card: ModelCard): Uint8Array | null {
  const { config, recipe } = card;
  if (config.lambda2 === 0) return null;
  if (given.length > 0) return given;
  return config.macro === "none" || !canMagnify(recipe) ? null : magnifyClips(micro, recipe, config.magnify);
}

/** The inner objective of a configuration; with no macro clips the whole weight is on the primary loss. */
function innerOptions(config: Config, hasMacro: boolean) {
  const { algorithm, aux, sigma, classWeights } = config;
  const { innerScope } = ALGORITHMS[algorithm];
  const shared = {
    alpha: innerRateOf(config),
    aux,
    sigma,
    innerScope,
    ...(Array.isArray(classWeights) && { classWeights }),
  };
  return hasMacro || config.lambda2 === 0
    ? { ...shared, lambda1: config.lambda1, lambda2: config.lambda2 }
    : { ...shared, lambda1: config.lambda1 + config.lambda2, lambda2: 0 };
}

/** Mean negative log-likelihood and accuracy of probabilities `[B, N]`. */
function fitOf(probabilities: Float32Array, labels: readonly number[], classes: number): Fit {
  let loss = 0;
  let right = 0;
  labels.forEach((label, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    loss -= Math.log(Math.max(row[label]!, 1e-12));
    if (row.indexOf(Math.max(...row)) === label) right++;
  });
  return { loss: loss / labels.length, accuracy: right / labels.length };
}

async function fit(
  weights: Weights,
  card: ModelCard,
  clips: Uint8Array,
  labels: readonly number[],
  options: { readonly calibrated?: boolean } = {},
): Promise<Fit> {
  // It answers once: a program would not pay.
  const predictor = makePredictor(weights, card, { ...options, programs: createPrograms() });
  try {
    return fitOf(await predictor.predict(clips), labels, card.classes.length);
  } finally {
    predictor.dispose();
  }
}

/** Refuses a calibration that would not fit into the backend's memory. */
function checkClips({ config, recipe, classes }: ModelCard, clips: { micro: number; macro: number }): void {
  checkMemory(
    estimateBytes(architectureOf(config, classes.length), recipe.size, calibrationWork(config, clips)),
    `calibrate: a step on ${clips.micro} micro and ${clips.macro} macro clips of this size`,
    "the number of clips",
  );
}

/** The inner step and the statistics after it, on the device; both normalise as `supportNormOf` says. */
function adapt(
  base: Weights,
  card: ModelCard,
  micro: Uint8Array,
  macro: Uint8Array | null,
  labels: readonly number[],
  innerSteps: number,
): { params: Tree<tf.Tensor>; statistics: tf.Tensor[] } {
  const architecture = architectureOf(card.config, card.classes.length);
  const stored = base as { params: Tree<StoredTensor>; rates?: Tree<StoredTensor> };
  return tf.tidy(() => {
    const support = constant(uploadClips(micro, card));
    const rates: Tree<Value> | undefined = stored.rates && mapTree(toTensors(stored.rates), constant);
    const task = {
      support,
      supportLabels: labels,
      query: null,
      queryLabels: [],
      macro: macro === null ? null : constant(uploadClips(macro, card)),
    };
    const options = { architecture, ...innerOptions(card.config, macro !== null), innerSteps: 1 };
    const supportNorm = supportNormOf(base, card, labels.length);
    let params = toTensors(stored.params);
    // To first order a step needs nothing of the one before but its result: each frees what it made.
    for (let step = 0; step < innerSteps; step++) {
      const from = params;
      params = tf.tidy(() => {
        const fast = mapTree(from, variable);
        const adapted = innerLoop(fast, task, { ...options, supportNorm, firstOrder: true, presentOnly: true }, rates);
        return mapTree(adapted.params, (value) => value.tensor);
      });
      // What a step of the head alone passes on stays.
      const kept = new Set(flattenTree(params).map(([, tensor]) => tensor.id));
      mapTree(from, (tensor) => kept.has(tensor.id) || tensor.dispose());
    }
    const { statistics } = forward(architecture, mapTree(params, constant), support, { ...supportNorm, want: {} });
    return { params, statistics: statistics.map((value) => value.tensor) };
  });
}

/** θ′ and its statistics: gradient steps. */
async function stepped(...args: Parameters<typeof adapt>): Promise<Weights> {
  const { params, statistics } = adapt(...args);
  const [, { config }] = args;
  try {
    return { params: await toStored(params), stats: await readStatistics(statistics, config.backbone) };
  } finally {
    mapTree(params, (tensor) => tensor.dispose());
    tf.dispose(statistics);
  }
}

async function calibrate(
  base: Weights,
  card: ModelCard,
  clips: CalibrationClips,
  options: { readonly innerSteps?: number } = {},
): Promise<Calibration> {
  const { innerSteps = innerStepsOf(card.config) } = options;
  const { kinds } = clips;
  const labels = clips.labels.filter((_, i) => kinds[i] === "micro");
  if (labels.length === 0) throw new RangeError("Cannot calibrate: expected at least one micro clip, got none");
  for (const label of clips.labels) {
    if (!Number.isInteger(label) || label < 0 || label >= card.classes.length) {
      throw new RangeError(`Cannot calibrate: label ${label} is not one of ${card.classes.length} classes`);
    }
  }
  const micro = pickClips(clips.clips, kinds.length, (i) => kinds[i] === "micro");
  const macro = macroClips(micro, pickClips(clips.clips, kinds.length, (i) => kinds[i] === "macro"), card);
  const length = micro.length / labels.length;
  checkClips(card, { micro: labels.length, macro: (macro?.length ?? 0) / length });
  checkWeights((base as { params: Tree<StoredTensor> }).params, architectureOf(card.config, card.classes.length));
  const before = await fit(base, card, micro, labels);
  const weights = ALGORITHMS[card.config.algorithm].training === "metric"
    ? await remember(base, card, () => uploadClips(micro, card), labels)
    : await stepped(base, card, micro, macro, labels, innerSteps);
  const present = new Set(labels);
  return {
    weights,
    before,
    after: await fit(weights, card, micro, labels, { calibrated: true }),
    classes: card.classes.filter((_, k) => present.has(k)),
  };
}

/**
 * The numerics of adapt and predict on the backend that is current.
 *
 * Predictions normalise with stored statistics, so a clip's answer does not depend on the clips beside it.
 *
 * @returns The engine; what it holds goes with the last of its predictors.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 * import { createInferenceEngine } from "./mod.ts";
 * await tf.setBackend("cpu");
 * assertEquals(createInferenceEngine().backend, "cpu");
 * ```
 *
 * Source: paper 4.2 (testing phase).
 */
export function createInferenceEngine(): InferenceEngine {
  const programs = createPrograms();
  return {
    get backend() {
      return tf.getBackend();
    },
    // deno-lint-ignore require-await -- what is wrong with weights rejects
    createPredictor: async (weights, card, options) => makePredictor(weights, card, { ...options, programs }),
    calibrate,
  };
}
