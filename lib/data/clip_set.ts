import type { ClipBytes } from "./clip_bytes.ts";
import type { FlowRecipe } from "./flow_recipe.ts";

/** What a clip shows: a brief, involuntary movement, or a large, posed one that serves the auxiliary loss only. */
export type ClipKind = "micro" | "macro";

/**
 * How frames become a clip tensor. Stored in model.json: training, adapt and predict run the same code with it.
 */
export interface Recipe {
  /** Frames per clip, M. */
  readonly frames: number;
  /** Height and width in pixels, H = W. */
  readonly size: number;
  /** 1 (grey) or 3 (RGB), C. Grey pictures are widened to three channels, colour narrowed to one (Rec. 601 luma). */
  readonly channels: 1 | 3;
  /**
   * What the network sees: the frames; each frame minus the first, in floating point at the model's door; or optical
   * flow (u, v, strain) from the onset to the apex (M = 1) or to each frame (M > 1), which needs C = 3 and `flow`.
   */
  readonly input: "frames" | "difference" | "flow";
  /** How M frames are taken from any number of frames (method: TIM by default). */
  readonly time: "tim" | "linear" | "nearest";
  /** Which frames count: onset to offset, or onset to apex. @default {"clip"} */
  readonly window?: "clip" | "onset-apex";
  /**
   * The apex of a clip that has none: the middle of onset..offset (where the offset is not known either, as `motion`),
   * or the frame of largest motion. @default {"midpoint"}
   */
  readonly missingApex?: "midpoint" | "motion";
  /** k of frame′ = onset + k (frame − onset), taken of micro clips only; 1 changes nothing. @default {1} */
  readonly amplify?: number;
  /** Of `input: "flow"` and only then. */
  readonly flow?: FlowRecipe;
}

/**
 * Clips preprocessed to one shape by one recipe; their bytes lie in memory or in a packed file.
 *
 * Shape letters: n clips, M frames, H height, W width, C channels.
 */
export interface ClipSet {
  readonly recipe: Recipe;
  /**
   * `[n, M, H, W, C]`, row-major, 0 to 255, or where these bytes lie; {@linkcode gatherClips} reads them. Differences
   * are taken later, in floating point.
   */
  readonly clips: ClipBytes;
  /** `[n]` names, one a clip, for messages and reports. */
  readonly ids: readonly string[];
  /** `[n]` indices into {@linkcode ClipSet.classes}. */
  readonly labels: Int32Array;
  /** `[n]` indices into {@linkcode ClipSet.subjectNames}. */
  readonly subjects: Int32Array;
  /** `[n]` what each clip is. */
  readonly kinds: readonly ClipKind[];
  /** The label names, sorted. */
  readonly classes: readonly string[];
  /** `database/subject`: a subject is identified by both. */
  readonly subjectNames: readonly string[];
}

/** A set whose bytes are in memory. */
export interface LoadedClipSet extends ClipSet {
  readonly clips: Uint8Array<ArrayBuffer>;
}

/** One task of Algorithm 1: clip indices into a {@linkcode ClipSet}. */
export interface Episode {
  /** Classes of the task, indices into `classes`, ascending. */
  readonly ways: readonly number[];
  /** The subject (index) the task is about, for reports. */
  readonly subject: number;
  /** Micro clips of the support set. */
  readonly support: readonly number[];
  /** Micro clips of the query set; disjoint from the support set. */
  readonly query: readonly number[];
  /** Macro clips for the auxiliary loss; may be empty. */
  readonly macro: readonly number[];
}
