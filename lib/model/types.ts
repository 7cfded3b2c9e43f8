import type { Tensor } from "@tensorflow/tfjs-core";
import type { Value } from "../autodiff/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Tree } from "../tree/mod.ts";

/** Networks that turn a frame into maps. */
export type BackboneName = Config["backbone"];

/** What decides the shapes of a network's parameters. */
export interface Architecture {
  /** Default `conv4`. */
  readonly backbone?: BackboneName;
  readonly decoder: "unet" | "none";
  /** C, channels of the temporal encoder and the decoder; the backbone's widths are multiples of it. */
  readonly channels: number;
  /** M, frames a clip. */
  readonly frames: number;
  /** Channels of a frame: 1 or 3. */
  readonly inputChannels: number;
  /** N, classes. */
  readonly classes: number;
  /** What turns features into logits: a dense layer (the default), or a comparison with a {@linkcode Memory}. */
  readonly head?: "linear" | "euclidean" | "cosine" | "relation";
}

/** Parameters of a network as values of a graph. */
export type Params = Tree<Value>;

/** What a network without a linear head compares features with: class means, or single clips. */
export interface Memory {
  /** `[S, F]`. */
  readonly features: Value;
  /** `[S]` class indices; for class means each class at most once. */
  readonly labels: readonly number[];
}

/** A layer's norm as one step x · slope + shift, one number a channel. */
export interface NormFold {
  /** What its convolution's filter is multiplied with, −1 or 1; null where the filter stays as it is. */
  readonly sign: Value | null;
  readonly slope: Value;
  readonly shift: Value;
}

/** Folds of a network's normalised layers, in its backbone's order. */
export interface NormFolds {
  /** The fold of a layer: as it is known, else as it is made now. */
  take(index: number, make: () => NormFold): NormFold;
  /** Those of the folds that are known. */
  readonly tensors: readonly Tensor[];
  dispose(): void;
}

/** What a pass normalises with. */
export interface NormOptions {
  /** `[2, C]` mean and variance a normalised layer, in its backbone's order; without them the batch's own are taken. */
  readonly statistics?: readonly Value[];
  /**
   * Share w, 0 to 1, that the batch's own statistics have beside those handed in: mean and variance are those of the mixture
   * of both distributions, m = w m_o + (1 − w) m_g and v = w v_o + (1 − w) v_g + w (1 − w) (m_o − m_g)². @default {0}
   */
  readonly ownShare?: number;
  /**
   * Keeps each layer's fold from pass to pass: for passes with the same parameters and statistics, all constant, and no
   * share of the batch's own. @default {nothing is kept}
   */
  readonly folds?: NormFolds;
}

/** What to compute, and with which statistics. */
export interface ForwardOptions extends NormOptions {
  /** Needed for the logits of a network without a linear head. */
  readonly memory?: Memory;
  /** Which outputs are wanted; the rest is not computed. Default: logits and auxiliary features. */
  readonly want?: { readonly logits?: boolean; readonly features?: boolean; readonly auxiliary?: boolean };
}

/** What a forward pass gives. */
export interface Forward {
  /** `[B, N]`, when wanted. */
  readonly logits: Value | null;
  /** `[B, F]`, what feeds the head, when it or logits are wanted. */
  readonly features: Value | null;
  /** `[B, F]` a scale of the auxiliary branch, when wanted. */
  readonly auxiliary: readonly Value[];
  /** `[2, C]` mean and variance of each normalised layer's input: the ones used. */
  readonly statistics: readonly Value[];
}

/** What a backbone gives. */
export interface BackboneOutput {
  /** Maps at 1/2, 1/4, 1/8 and 1/16 of the input's side: `[B, h, w, C]`, C each map's own. */
  readonly maps: readonly Value[];
  /** `[2, C]` mean and variance of each normalised layer's input: the ones used. */
  readonly statistics: readonly Value[];
}

/** What a backbone consists of. */
export interface BackbonePlan {
  /** Dotted paths and shapes of its parameters; a layer's norm stands where its statistics do. */
  readonly shapes: readonly (readonly [string, readonly number[]])[];
  /** Channels of the maps at 1/2, 1/4, 1/8 and 1/16. */
  readonly widths: readonly [number, number, number, number];
  /** First values of γ other than one, by path. */
  readonly gains?: Readonly<Record<string, number>>;
  /** Odd filters that start with a centre tap of one from channel f mod C to each output f, beside half the variance. */
  readonly centred?: readonly string[];
}

/** A network that turns frames into maps. */
export interface Backbone {
  /**
   * @param params Parameters as the plan names them.
   * @param frames `[B, H, W, C]`, sides multiples of 16.
   * @param options Statistics to normalise with; without them the batch's own.
   */
  run(params: Params, frames: Value, options?: NormOptions): BackboneOutput;
  plan(channels: number, inputChannels: number): BackbonePlan;
  /**
   * Bytes of maps beside Conv4's: of a forward pass, of first-order gradients, and of gradients through the inner step.
   * Measured; they bound memory.
   */
  readonly memory: readonly [forward: number, first: number, second: number];
}
