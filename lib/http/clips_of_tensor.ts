import { preprocessClip, type RawImage, type Recipe } from "../data/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { fieldProblem, forField } from "./_field_problem.ts";
import type { ClipSource } from "./clip_source.ts";
import type { Limits } from "./limits.ts";

/** `[B, M, H, W, C]` after all checks. */
type Shape = readonly [b: number, m: number, h: number, w: number, c: 1 | 3];

function checkShape(shape: readonly number[], limits: Limits): Shape {
  const got = `got [${shape}]`;
  if (shape.length !== 5 || shape.some((side) => side < 1)) {
    throw fieldProblem("clips", `expected [B, M, H, W, C], ${got}`);
  }
  const [b, m, h, w, c] = shape as unknown as Shape;
  if (c !== 1 && c !== 3) throw fieldProblem("clips", `expected 1 or 3 channels, ${got}`);
  if (b > limits.clips) throw fieldProblem("clips", `expected at most ${limits.clips} clips, ${got}`, 413);
  if (m > limits.frames) throw fieldProblem("clips", `expected at most ${limits.frames} frames, ${got}`, 413);
  if (h * w > limits.imagePixels) {
    throw fieldProblem("clips", `expected at most ${limits.imagePixels} pixels a frame, ${got}`, 413);
  }
  if (b * m * h * w > limits.requestPixels) {
    throw fieldProblem("clips", `expected at most ${limits.requestPixels} pixels, ${got}`, 413);
  }
  return [b, m, h, w, c];
}

/** Pixels as bytes; F32 must be finite and in [0, 1]. */
function toBytes({ dtype, data }: StoredTensor): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (dtype !== "F32") throw fieldProblem("clips", `expected U8 or F32, got ${dtype}`);
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    // Written so that NaN fails too.
    if (!(value >= 0 && value <= 1)) {
      throw fieldProblem("clips", `expected F32 pixels in [0, 1], got ${value} at element ${i}`);
    }
    bytes[i] = Math.round(value * 255);
  }
  return bytes;
}

/** Frames of one clip of the tensor, as the pictures that preprocessing takes. */
function framesOf(clip: Uint8Array, [, m, h, w, c]: Shape): RawImage[] {
  const size = h * w * c;
  return Array.from({ length: m }, (_, j) => ({
    width: w,
    height: h,
    channels: c,
    data: clip.subarray(j * size, (j + 1) * size),
  }));
}

function hasShape({ frames, size, channels }: Recipe, [, m, h, w, c]: Shape): boolean {
  return frames === m && size === h && size === w && channels === c;
}

/** What is known of each clip besides its pixels; without it, a clip is micro and has no label. */
export interface TensorClipNames {
  /** `[B]`. */
  readonly labels: readonly string[] | null;
  /** `[B]`. */
  readonly kinds: readonly ("micro" | "macro")[] | null;
}

/**
 * Takes the clips out of one tensor.
 *
 * @param tensor `[B, M, H, W, C]`, U8, or F32 in [0, 1]; it is called `clips` in errors.
 * @param limits What a request may hold.
 * @param names Labels and kinds.
 * @returns The clips; those that have the recipe's shape already will be taken as they are.
 * @throws {ProblemError} 413 beyond a limit, 422 for another shape or type or a pixel out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { clipsOfTensor, DEFAULT_LIMITS } from "./mod.ts";
 * const tensor = { dtype: "U8", shape: [2, 1, 1, 1, 1], data: Uint8Array.of(7, 9) } as const;
 * const clips = clipsOfTensor(tensor, DEFAULT_LIMITS);
 * const recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * assertEquals(await clips[1]!.prepare(recipe), Uint8Array.of(9));
 * ```
 */
export function clipsOfTensor(
  tensor: StoredTensor,
  limits: Limits,
  names: TensorClipNames = { labels: null, kinds: null },
): ClipSource[] {
  const shape = checkShape(tensor.shape, limits);
  const bytes = toBytes(tensor);
  const clipSize = bytes.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i): ClipSource => {
    const kind = names.kinds?.[i] ?? "micro";
    const clip = bytes.subarray(i * clipSize, (i + 1) * clipSize);
    return {
      label: names.labels?.[i] ?? null,
      kind,
      prepare: (recipe) =>
        // Clips that went through the recipe already must come out as they came in.
        hasShape(recipe, shape)
          ? Promise.resolve(clip)
          : forField(`clips.${i}`, () => preprocessClip(framesOf(clip, shape), recipe, { kind, trimmed: false })),
    };
  });
}
