import { z } from "zod";
import { preprocessClip, type RawImage, type Recipe } from "../data/mod.ts";
import { decodeSafetensors, type StoredTensor } from "../storage/mod.ts";
import { fieldProblem, forField } from "./_field_problem.ts";
import type { ClipSource } from "./clip_source.ts";
import type { ClipsRequest } from "./clips_request.ts";
import type { Limits } from "./limits.ts";
import { parseFields } from "./parse_fields.ts";
import { ProblemError } from "./problem_error.ts";

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

/** A JSON array of B strings in `__metadata__`, or null. */
function readNames(metadata: Record<string, string>, field: string, count: number): string[] | null {
  const text = metadata[field];
  if (text === undefined) return null;
  const at = `__metadata__.${field}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fieldProblem(at, "expected a JSON array of strings");
  }
  const names = parseFields(z.object({ [at]: z.array(z.string().min(1).max(128)) }), { [at]: value })[at]!;
  if (names.length !== count) throw fieldProblem(at, `expected ${count} entries, one a clip, got ${names.length}`);
  return names;
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

/** Bytes of a header with one tensor, 64 labels, 64 kinds and some fields, ten times over. */
const MAX_HEADER_BYTES = 256 * 1024;

/** Refuses a header of so many tensors or texts that reading it would keep the process busy. */
function checkHeader(body: Uint8Array): void {
  if (body.length < 8) return;
  const length = new DataView(body.buffer, body.byteOffset, 8).getBigUint64(0, true);
  // A length beyond the file is a damaged file, not a large one.
  if (length > MAX_HEADER_BYTES && length <= body.length - 8) {
    throw new ProblemError(413, `Cannot read the body: expected a header of at most ${MAX_HEADER_BYTES} bytes`);
  }
}

/** The clips of a safetensors body. */
export function readTensorClips(body: Uint8Array, limits: Limits): ClipsRequest {
  checkHeader(body);
  let file: ReturnType<typeof decodeSafetensors>;
  try {
    file = decodeSafetensors(body);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ProblemError(400, error.message);
    throw error;
  }
  const { clips: tensor, ...others } = file.tensors;
  if (tensor === undefined) throw fieldProblem("clips", "expected a tensor of this name");
  for (const name of Object.keys(others)) throw fieldProblem(name.slice(0, 100), "expected the tensor clips only");
  const shape = checkShape(tensor.shape, limits);
  const bytes = toBytes(tensor);
  // Some writers note their framework here; it says nothing about clips.
  const { labels: _labels, kinds: _kinds, format: _format, ...fields } = file.metadata;
  const labels = readNames(file.metadata, "labels", shape[0]);
  const kinds = readNames(file.metadata, "kinds", shape[0]);
  const clipSize = bytes.length / shape[0];
  const clips = Array.from({ length: shape[0] }, (_, i): ClipSource => {
    const kind = kinds?.[i] ?? "micro";
    if (kind !== "micro" && kind !== "macro") {
      throw fieldProblem(`__metadata__.kinds.${i}`, `expected micro or macro, got ${kind}`);
    }
    const clip = bytes.subarray(i * clipSize, (i + 1) * clipSize);
    return {
      label: labels?.[i] ?? null,
      kind,
      prepare: (recipe) =>
        // Clips that went through the recipe already must come out as they came in.
        hasShape(recipe, shape)
          ? Promise.resolve(clip)
          : forField(`clips.${i}`, () => preprocessClip(framesOf(clip, shape), recipe, { kind, trimmed: false })),
    };
  });
  return { clips, fields };
}
