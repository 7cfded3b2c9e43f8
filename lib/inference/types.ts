import type { Config } from "../config/mod.ts";
import type { ClipKind, Recipe } from "../data/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import type { Tree } from "../tree/mod.ts";

/**
 * Everything a prediction needs, at rest: branches `params` (θ or θ′), `stats` (normalisation: running statistics
 * of θ, or a subject's own), with learned inner rates `rates`, and for a metric algorithm `memory` (what clips are
 * compared with: class means of the training subjects, or a subject's own). One safetensors file, names as dotted paths.
 */
export type Weights = Tree<StoredTensor>;

/** model.json: what a version of a model is. */
export interface ModelCard {
  readonly formatVersion: 1;
  readonly name: string;
  readonly config: Config;
  readonly classes: readonly string[];
  /** The preprocessing that adapt and predict apply to what they receive. */
  readonly recipe: Recipe;
  /**
   * What logits are divided by before the softmax, so that probabilities are frequencies: of θ, and of a calibrated
   * person's θ′. @default {1} the network's own
   */
  readonly temperature?: { readonly base: number; readonly calibrated: number };
  readonly metrics: Readonly<Record<string, number>>;
  readonly provenance: Readonly<Record<string, string>>;
  readonly parameters: number;
  readonly bytes: number;
}

/** Calibration clips of one subject, preprocessed by the model's recipe. */
export interface CalibrationClips {
  /** `[B, M, H, W, C]` uint8. */
  readonly clips: Uint8Array;
  /** `[B]` indices into the card's classes. For macro clips the posed class. */
  readonly labels: readonly number[];
  /** `[B]`. */
  readonly kinds: readonly ClipKind[];
}

/** Loss and accuracy on the calibration clips themselves. */
export interface Fit {
  readonly loss: number;
  readonly accuracy: number;
}

/** What a calibration gives. */
export interface Calibration {
  /** θ′ and its statistics. */
  readonly weights: Weights;
  readonly before: Fit;
  readonly after: Fit;
  /** Names of the classes that the clips cover, in the card's order. */
  readonly classes: readonly string[];
}

/** Weights made ready on a backend. */
export interface Predictor {
  /** Bytes held, for caches that bound memory. */
  readonly bytes: number;
  /**
   * Whether clips of several requests cost less in one call: measured on wasm, where the network runs op by op; where it
   * runs by a program, clips go one after another anyhow.
   */
  readonly batches: boolean;
  /**
   * Class probabilities of clips, each independent of the others.
   *
   * @param clips `[B, M, H, W, C]` uint8.
   * @returns `[B, N]` row-major, rows sum to 1.
   */
  predict(clips: Uint8Array): Promise<Float32Array>;
  /** Releases the backend's memory. */
  dispose(): void;
}

/** The numerics behind the functions; injected, so that HTTP code knows no backend. */
export interface InferenceEngine {
  /** Name of the backend that runs, for health and logs. */
  readonly backend: string;
  /** Makes weights ready; `calibrated` tells that they are a person's, which have a temperature of their own. */
  createPredictor(
    weights: Weights,
    card: ModelCard,
    options?: { readonly calibrated?: boolean },
  ): Promise<Predictor>;
  /**
   * Calibrates the base weights on a subject's clips: gradient steps, or for a metric algorithm the subject's own
   * statistics and memory; classes without clips keep the base's entries.
   *
   * @throws {RangeError} When there is no micro clip or a label is out of range.
   */
  calibrate(
    base: Weights,
    card: ModelCard,
    clips: CalibrationClips,
    options?: { readonly innerSteps?: number },
  ): Promise<Calibration>;
}
