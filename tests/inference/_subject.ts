import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../lib/autodiff/mod.ts";
import { type ConfigInput, configSchema } from "../../lib/config/mod.ts";
import {
  architectureOf,
  type CalibrationClips,
  createInferenceEngine,
  type ModelCard,
  nameStatistics,
  recipeOf,
  toStored,
  type Weights,
} from "../../lib/inference/mod.ts";
import { forward } from "../../lib/model/mod.ts";
import { mapTree } from "../../lib/tree/mod.ts";
import { smoothClips, smoothValues, trainedParams } from "../_util/network.ts";

const CLASSES = ["negative", "positive", "surprise"];

/** A card of a small network; clips of two grey frames of 16×16. */
export function smallCard(changes: ConfigInput = {}): ModelCard {
  const config = configSchema.parse({ channels: 3, frames: 2, size: 16, input: "frames", alpha: 0.05, ...changes });
  return {
    formatVersion: 1,
    name: "small",
    config,
    classes: CLASSES,
    recipe: recipeOf(config),
    metrics: {},
    provenance: {},
    parameters: 0,
    bytes: 0,
  };
}

/** Weights for a card with running statistics of some clips, at rest. */
export async function smallWeights(card: ModelCard): Promise<Weights> {
  const architecture = architectureOf(card.config, card.classes.length);
  const { params, statistics } = tf.tidy(() => {
    const tensors = trainedParams(architecture);
    const clips = constant(smoothClips(6, architecture, card.recipe.size, "running"));
    const out = forward(architecture, mapTree(tensors, constant), clips, { want: {} });
    return { params: tensors, statistics: out.statistics.map(({ tensor }) => tensor) } as unknown as tf.TensorContainer;
  }) as unknown as { params: ReturnType<typeof trainedParams>; statistics: tf.Tensor[] };
  const rows = await Promise.all(
    statistics.map(async (tensor) => ({ channels: tensor.shape[1]!, data: await tensor.data() as Float32Array })),
  );
  const stored = await toStored(params);
  mapTree(params, (tensor) => tensor.dispose());
  tf.dispose(statistics);
  return { params: stored, stats: nameStatistics(rows, card.config.backbone) };
}

/** uint8 clips of a card's recipe, smooth as faces are. */
export function smallClips(card: ModelCard, count: number, name: string): Uint8Array {
  const architecture = architectureOf(card.config, card.classes.length);
  const values = smoothValues(count, architecture, card.recipe.size, name);
  return Uint8Array.from(values, (value) => Math.round(255 * value));
}

/** Calibration clips of one subject: micro clips with these labels, and as many macro clips as told. */
export function calibrationClips(card: ModelCard, labels: readonly number[], macros = 0): CalibrationClips {
  return {
    clips: smallClips(card, labels.length + macros, "calibration"),
    labels: [...labels, ...Array.from({ length: macros }, (_, i) => i % card.classes.length)],
    kinds: [...labels.map(() => "micro" as const), ...Array.from({ length: macros }, () => "macro" as const)],
  };
}

/** What a predictor of these weights says of clips, `[B, N]`. */
export async function predictAll(weights: Weights, card: ModelCard, clips: Uint8Array): Promise<Float32Array> {
  const predictor = await createInferenceEngine().createPredictor(weights, card);
  try {
    return await predictor.predict(clips);
  } finally {
    predictor.dispose();
  }
}
