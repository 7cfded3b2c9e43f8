import * as z from "zod";
import { decodeImage, preprocessClip, readImageSize } from "../data/mod.ts";
import { fieldProblem, forField } from "./_field_problem.ts";
import type { ClipSource } from "./clip_source.ts";
import { clipsSchema } from "./clips_schema.ts";
import type { ClipsRequest } from "./clips_request.ts";
import type { Limits } from "./limits.ts";
import { parseFields } from "./parse_fields.ts";

type Clip = z.infer<typeof clipsSchema>[number];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Made once: zod compiles a schema when it is first used. */
const bodySchema = z.object({ clips: clipsSchema });

/** Refuses by counts alone what is too much, before a schema walks through it. */
function checkCounts(clips: unknown, limits: Limits): void {
  if (!Array.isArray(clips)) return;
  if (clips.length > limits.clips) {
    throw fieldProblem("clips", `expected at most ${limits.clips} clips, got ${clips.length}`, 413);
  }
  clips.forEach((clip: unknown, i) => {
    const frames = isRecord(clip) ? clip.frames : null;
    if (Array.isArray(frames) && frames.length > limits.frames) {
      throw fieldProblem(`clips.${i}.frames`, `expected at most ${limits.frames} frames, got ${frames.length}`, 413);
    }
  });
}

function decodeBase64(field: string, text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    throw fieldProblem(field, "expected base64 of a picture");
  }
}

/** The bytes of a picture that a body names or holds. */
export type FrameBytes = (field: string, text: string) => Uint8Array;

/** Measures a clip's pictures by their headers. */
function measureClip(
  clip: Clip,
  field: string,
  limits: Limits,
  bytesOf: FrameBytes,
): { frames: Uint8Array[]; pixels: number } {
  let pixels = 0;
  let first: { width: number; height: number } | undefined;
  const frames = clip.frames.map((text, j) => {
    const at = `${field}.frames.${j}`;
    const bytes = bytesOf(at, text);
    let size: { width: number; height: number };
    try {
      size = readImageSize(bytes, `frame ${j}`);
    } catch (error) {
      throw fieldProblem(at, (error as Error).message);
    }
    const { width, height } = size;
    if (width * height > limits.imagePixels) {
      throw fieldProblem(at, `expected at most ${limits.imagePixels} pixels, got ${width} x ${height}`, 413);
    }
    first ??= size;
    if (width !== first.width || height !== first.height) {
      throw fieldProblem(at, `expected ${first.width} x ${first.height} like frame 0, got ${width} x ${height}`);
    }
    if (clip.crop !== undefined) {
      const [x, y, w, h] = clip.crop;
      if (x + w > width || y + h > height) {
        throw fieldProblem(`${field}.crop`, `expected a box in ${width} x ${height} pixels, got [${clip.crop}]`);
      }
    }
    pixels += width * height;
    return bytes;
  });
  const { onset = 0, apex, offset } = clip;
  if (onset >= frames.length) throw fieldProblem(`${field}.onset`, `expected less than ${frames.length}, got ${onset}`);
  const last = offset ?? frames.length - 1;
  if (last < onset || last >= frames.length) {
    throw fieldProblem(`${field}.offset`, `expected ${onset} to ${frames.length - 1}, got ${last}`);
  }
  if (apex !== undefined && (apex < onset || apex > last)) {
    throw fieldProblem(`${field}.apex`, `expected ${onset} to ${last}, got ${apex}`);
  }
  return { frames: frames.slice(onset, last + 1), pixels };
}

/** The clips of a JSON body, whose frames are base64 unless `bytesOf` says otherwise. */
export function readImageClips(
  body: unknown,
  limits: Limits,
  bytesOf: FrameBytes = decodeBase64,
): Omit<ClipsRequest, "digest"> {
  if (!isRecord(body)) throw fieldProblem("body", "expected a JSON object");
  const { clips: given, ...fields } = body;
  checkCounts(given, limits);
  const { clips } = parseFields(bodySchema, { clips: given });
  let total = 0;
  const sources = clips.map((clip, i): ClipSource => {
    const field = `clips.${i}`;
    const { frames, pixels } = measureClip(clip, field, limits, bytesOf);
    total += pixels;
    if (total > limits.requestPixels) {
      throw fieldProblem(field, `expected at most ${limits.requestPixels} pixels in all clips`, 413);
    }
    const first = clip.onset ?? 0;
    return {
      label: clip.label ?? null,
      kind: clip.kind,
      prepare: (recipe) =>
        forField(field, () =>
          preprocessClip(
            {
              length: frames.length,
              read: (j) =>
                forField(
                  `${field}.frames.${first + j}`,
                  () => decodeImage(frames[j]!, `frame ${first + j}`, { maxPixels: limits.imagePixels }),
                ),
            },
            recipe,
            {
              ...{ crop: clip.crop ?? null, kind: clip.kind, trimmed: clip.offset !== undefined },
              apex: clip.apex === undefined ? null : clip.apex - first,
            },
          )),
    };
  });
  return { clips: sources, fields };
}
