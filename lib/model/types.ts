import type { Value } from "../autodiff/mod.ts";
import type { Tree } from "../tree/mod.ts";

/** What decides the shapes of a network's parameters. */
export interface Architecture {
  readonly decoder: "unet" | "none";
  /** C, channels of every hidden layer. */
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

/** What to compute, and with which statistics. */
export interface ForwardOptions {
  /** `[2, C]` mean and variance a normalised layer; without them the batch's own are taken. */
  readonly statistics?: readonly Value[];
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
