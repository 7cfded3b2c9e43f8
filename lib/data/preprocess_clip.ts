import { checkRecipe } from "./_check_recipe.ts";
import { flowClip } from "./_flow_clip.ts";
import { motionApex } from "./_motion_apex.ts";
import { type ReadFrame, sumFrames } from "./_sum_frames.ts";
import { temporalWeights } from "./_temporal_weights.ts";
import type { ApexChoice } from "./apex_choice.ts";
import type { ClipKind, Recipe } from "./clip_set.ts";
import type { FrameSource } from "./frame_source.ts";
import type { RawImage } from "./raw_image.ts";

/** Options of {@linkcode preprocessClip}. */
export interface PreprocessClipOptions {
  /** One box `[x, y, width, height]` in pixels for all frames of the clip; null: the whole frame. @default {null} */
  readonly crop?: readonly [number, number, number, number] | null;
  /** Annotated apex, an index into the frames; null, or 0 (the onset, where nothing has moved): missing. @default {null} */
  readonly apex?: number | null;
  /**
   * The last frame is the movement's offset, not just where a recording ends; else a missing apex is found by motion.
   * @default {true}
   */
  readonly trimmed?: boolean;
  /** Micro clips are amplified where the recipe says so, macro clips never. @default {"micro"} */
  readonly kind?: ClipKind;
  /** Told which frame is the apex, before the result; not called where the recipe needs none. */
  readonly onApex?: (apex: ApexChoice) => void;
}

/** The clip's apex: as annotated, else by the recipe's rule; at least the frame after the onset. */
async function chooseApex(
  read: ReadFrame,
  frames: number,
  recipe: Recipe,
  options: PreprocessClipOptions,
): Promise<ApexChoice> {
  const { crop = null, apex = null, trimmed = true } = options;
  if (apex !== null && apex > 0) return { frame: apex, source: "annotated" };
  if (trimmed && recipe.missingApex !== "motion") {
    return { frame: Math.min(frames - 1, Math.max(1, Math.floor((frames - 1) / 2))), source: "midpoint" };
  }
  return { frame: frames < 2 ? 0 : await motionApex(read, frames, { crop, size: recipe.size }), source: "motion" };
}

/** `[M][n]` weights of the frames: the window onset..last taken to M; for M = 1 the apex where the recipe asks for it. */
function frameWeights(frames: number, recipe: Recipe, apex: ApexChoice | null): Float64Array[] {
  const last = recipe.window === "onset-apex" ? apex!.frame : frames - 1;
  const rows = recipe.frames === 1 && apex !== null
    ? [Float64Array.from({ length: frames }, (_, j) => j === apex.frame ? 1 : 0)]
    : temporalWeights(last + 1, recipe.frames, recipe.time);
  return rows.map((row) => {
    const whole = new Float64Array(frames);
    whole.set(row);
    return whole;
  });
}

/** Magnifies in place: frame′ = onset + k (frame − onset); the onset is the first of `[1 + n, …]`. */
function amplifyFrom(sums: Float32Array, length: number, k: number): void {
  for (let i = length; i < sums.length; i++) {
    const onset = sums[i % length]!;
    sums[i] = onset + k * (sums[i]! - onset);
  }
}

/**
 * Takes the frames of one clip to the model's shape: the same code for training, calibration and prediction.
 *
 * The frames are the movement from its onset, frame 0. Crop → channels (Rec. 601 luma 0.299 R + 0.587 G + 0.114 B, or
 * grey repeated) → H × W (area averaging where an axis shrinks, bilinear with half-pixel centres where it grows; the
 * aspect ratio is not kept; frames of several sizes are resized each by itself) → the window (`recipe.window`: all frames, or onset to apex) → M frames (`recipe.time`:
 * the temporal interpolation model in closed form, linear, or nearest) → amplification of a micro clip,
 * frame′ = onset + k (frame − onset). Everything is linear and in floating point; one rounding at the end, to the
 * nearest integer with halves to even, clamped to 0..255.
 *
 * `input: "flow"`: the same in grey at H = W = `recipe.flow.size`, then optical flow from the onset to each of the M
 * frames (the first is zero), for M = 1 to the apex; u, v and strain as bytes, as {@linkcode FlowRecipe} says.
 *
 * A missing apex (`recipe.missingApex`) is `midpoint`, floor((n − 1) / 2) of n frames, or `motion`: with
 * D_j = mean |grey_j − grey_0| of the cropped picture at the recipe's size, the first j of largest
 * (D_{j−1} + 2 D_j + D_{j+1}) / 4, the last D repeated. Both are at least frame 1.
 *
 * One frame gives M times itself. M = 1 takes the middle of the window, with `window: "onset-apex"` the apex. Frames are
 * read one at a time, in order, each once (a search for motion reads them all once before), and only those that count;
 * besides one decoded frame, `[M + 1, H, W, C]` floats are held.
 *
 * @param frames The clip's frames: an array, or a source that decodes them one by one.
 * @param recipe Shape and resampling. Differences are taken later, by {@linkcode toModelInput}.
 * @param options Crop box, apex, kind.
 * @returns `[M, H, W, C]` bytes, row-major.
 * @throws {RangeError} When there is no frame, or one where flow needs two, the box leaves the frame or stands beside
 * frames of several sizes, the apex is no frame, or the recipe is out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { preprocessClip } from "./mod.ts";
 * const grey = (value: number) => ({ width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(value) });
 * const recipe = { frames: 3, size: 1, channels: 1, input: "frames", time: "linear" } as const;
 * assertEquals(await preprocessClip([grey(0), grey(100)], recipe), Uint8Array.of(0, 50, 100));
 * ```
 *
 * Source: Zhou, Zhao and Pietikäinen, "Towards a practical lipreading system", CVPR 2011 (the interpolation model).
 */
export async function preprocessClip(
  frames: readonly RawImage[] | FrameSource,
  recipe: Recipe,
  options: PreprocessClipOptions = {},
): Promise<Uint8Array> {
  checkRecipe(recipe, "preprocess a clip");
  const { crop = null, apex: annotated = null, kind = "micro" } = options;
  const n = frames.length;
  const { flow, amplify = 1 } = recipe;
  if (n < 1) throw new RangeError("Cannot preprocess a clip: expected at least one frame, got none");
  if (n < 2 && flow) throw new RangeError("Cannot compute flow: expected an onset and another frame, got one frame");
  if (annotated !== null && !(Number.isInteger(annotated) && annotated >= 0 && annotated < n)) {
    throw new RangeError(`Cannot preprocess a clip: expected an apex from 0 to ${n - 1}, got ${annotated}`);
  }
  const read: ReadFrame = "read" in frames ? (i) => frames.read(i) : (i) => frames[i]!;
  const needsApex = recipe.window === "onset-apex" || (flow !== undefined && recipe.frames === 1);
  const apex = needsApex ? await chooseApex(read, n, recipe, options) : null;
  if (apex !== null) options.onApex?.(apex);
  const weights = frameWeights(n, recipe, apex);
  const k = kind === "micro" ? amplify : 1;
  // What moves is measured from the onset: it goes first, and is dropped again at the end.
  const fromOnset = flow !== undefined || k !== 1;
  if (fromOnset) weights.unshift(Float64Array.from({ length: n }, (_, j) => j === 0 ? 1 : 0));
  const shape = { crop, size: flow?.size ?? recipe.size, channels: flow ? 1 as const : recipe.channels };
  const sums = await sumFrames(read, weights, shape);
  const length = shape.size * shape.size * shape.channels;
  if (k !== 1) amplifyFrom(sums, length, k);
  // The clamped array rounds to nearest, halves to even.
  const bytes = new Uint8Array(new Uint8ClampedArray(sums).buffer);
  if (flow) return await flowClip(bytes, recipe.size, flow);
  return fromOnset ? bytes.slice(length) : bytes;
}
