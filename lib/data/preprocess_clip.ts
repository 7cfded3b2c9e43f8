import { checkRecipe } from "./_check_recipe.ts";
import { type AxisWeights, axisWeights, resize } from "./_resize.ts";
import { temporalWeights } from "./_temporal_weights.ts";
import type { Recipe } from "./clip_set.ts";
import type { FrameSource } from "./frame_source.ts";
import type { RawImage } from "./raw_image.ts";

/** Options of {@linkcode preprocessClip}. */
export interface PreprocessClipOptions {
  /** One box `[x, y, width, height]` in pixels for all frames of the clip; null: the whole frame. @default {null} */
  readonly crop?: readonly [number, number, number, number] | null;
}

/** Throws RangeError unless the box lies in the frame. */
function checkCrop(crop: readonly number[], { width, height }: RawImage): void {
  const [x, y, w, h] = crop as [number, number, number, number];
  const whole = crop.length === 4 && crop.every((value) => Number.isInteger(value));
  if (!whole || x < 0 || y < 0 || w < 1 || h < 1 || x + w > width || y + h > height) {
    throw new RangeError(
      `Cannot crop the clip: expected a box in ${width} x ${height} pixels, got [${crop.join(", ")}]`,
    );
  }
}

/** Takes the box out of a frame and to C channels: Rec. 601 luma, or grey repeated. `[h, w, C]` floats. */
function cropAndConvert(
  image: RawImage,
  crop: readonly [number, number, number, number],
  channels: 1 | 3,
): Float32Array {
  const [x0, y0, w, h] = crop;
  const { data, width, channels: source } = image;
  const out = new Float32Array(w * h * channels);
  let at = 0;
  for (let y = y0; y < y0 + h; y++) {
    let from = (y * width + x0) * source;
    for (let x = 0; x < w; x++, from += source) {
      if (source === channels) { for (let c = 0; c < channels; c++) out[at++] = data[from + c]!; }
      else if (channels === 1) out[at++] = 0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!;
      else for (let c = 0; c < 3; c++) out[at++] = data[from]!;
    }
  }
  return out;
}

/**
 * Takes the frames of one clip to the model's shape: the same code for training, calibration and prediction.
 *
 * Crop → channels (Rec. 601 luma 0.299 R + 0.587 G + 0.114 B, or grey repeated) → H × W (area averaging where an axis
 * shrinks, bilinear with half-pixel centres where it grows; the aspect ratio is not kept) → M frames (`recipe.time`:
 * the temporal interpolation model in closed form, linear, or nearest). Everything is linear and in floating point; one
 * rounding at the end, to the nearest integer with halves to even, clamped to 0..255.
 *
 * One frame gives M times itself. M = 1 of several frames takes the clip's middle. Frames are read one at a time, in
 * order, each once, and only those that count; besides one decoded frame, `[M, H, W, C]` floats are held.
 *
 * @param frames The clip's frames: an array, or a source that decodes them one by one.
 * @param recipe Shape and resampling. `recipe.input` is applied later, by {@linkcode toModelInput}.
 * @param options Crop box.
 * @returns `[M, H, W, C]` bytes, row-major.
 * @throws {RangeError} When there is no frame, the frames' sizes differ, the box leaves the frame, or the recipe is
 * out of range.
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
  if (frames.length < 1) throw new RangeError("Cannot preprocess a clip: expected at least one frame, got none");
  const read = "read" in frames ? (i: number) => frames.read(i) : (i: number) => frames[i]!;
  const weights = temporalWeights(frames.length, recipe.frames, recipe.time);
  const frameSize = recipe.size * recipe.size * recipe.channels;
  const sums = new Float32Array(recipe.frames * frameSize); // [M, H, W, C]
  let first: { image: RawImage; crop: readonly [number, number, number, number] } | undefined;
  let axes: [AxisWeights, AxisWeights] | undefined;
  for (let j = 0; j < frames.length; j++) {
    if (weights.every((row) => row[j] === 0)) continue;
    const image = await read(j);
    if (first === undefined) {
      const crop = options.crop ?? [0, 0, image.width, image.height];
      checkCrop(crop, image);
      first = { image: { ...image, data: new Uint8Array(0) }, crop };
      axes = [axisWeights(crop[2], recipe.size), axisWeights(crop[3], recipe.size)];
    }
    if (image.width !== first.image.width || image.height !== first.image.height) {
      throw new RangeError(
        `Cannot preprocess a clip: expected frames of one size, ${first.image.width} x ${first.image.height}, ` +
          `got ${image.width} x ${image.height} in frame ${j}`,
      );
    }
    const shape = { width: first.crop[2], channels: recipe.channels };
    const small = resize(cropAndConvert(image, first.crop, recipe.channels), shape, ...axes!);
    for (let m = 0; m < recipe.frames; m++) {
      const weight = weights[m]![j]!;
      if (weight === 0) continue;
      for (let i = 0, at = m * frameSize; i < frameSize; i++, at++) sums[at]! += weight * small[i]!;
    }
  }
  // The clamped array rounds to nearest, halves to even.
  return new Uint8Array(Uint8ClampedArray.from(sums).buffer);
}
