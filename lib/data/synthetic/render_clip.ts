import { createRandom } from "../../random/mod.ts";
import { movementField } from "./_movement_field.ts";
import { EXTENT, mouthLine } from "./_paint_face.ts";
import { paintedFace } from "./_painted_face.ts";
import { blinkAt, intensityAt } from "./_time_course.ts";
import type { SyntheticClip } from "./synthetic_clip.ts";

/** Shape of the rendered pictures. */
export interface RenderOptions {
  /** H = W in pixels, 8 to 1024. Default 32. */
  readonly size?: number;
  /** C: 1 grey (Rec. 601 luma), 3 RGB. Default 1. */
  readonly channels?: 1 | 3;
}

/** How much pushed-together skin darkens: relative brightness a unit of divergence. */
const FURROW = 0.35;
/** Samples a pixel, each way. */
const SAMPLES = 2;

/**
 * Renders a clip, from onset to offset.
 *
 * Every sample of the picture is taken back to the face at rest: undo the head's pose and drift, then undo the
 * movement, p = x − a(t) d(p) by two fixed-point steps, and read the painted face at p. Skin above and below the mouth's
 * line moves by its own field; what neither covers is the inside of the mouth. Skin that is pushed together darkens by
 * the field's divergence. Then light, flicker and sensor noise. 2 × 2 samples a pixel, averaged.
 *
 * Shapes: M frames from onset to offset, H = W = size, C channels. A pure function of its arguments.
 *
 * @param clip A clip of {@linkcode syntheticManifest}.
 * @param options The pictures' shape.
 * @returns `[M, H, W, C]` row-major, 0 to 255.
 * @throws {RangeError} When size or channels are out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { renderClip, syntheticManifest } from "./mod.ts";
 * const clip = syntheticManifest({ trainSubjects: 1, holdoutSubjects: 0 })[0]!;
 * assertEquals(renderClip(clip, { size: 16 }).length, (clip.offset - clip.onset + 1) * 16 * 16);
 * ```
 */
export function renderClip(clip: SyntheticClip, options: RenderOptions = {}): Uint8Array {
  const { size = 32, channels = 1 } = options;
  if (!Number.isInteger(size) || size < 8 || size > 1024) {
    throw new RangeError(`Cannot render clip ${clip.id}: expected a size in [8, 1024], got ${size}`);
  }
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`Cannot render clip ${clip.id}: expected 1 or 3 channels, got ${channels}`);
  }
  const frames = clip.offset - clip.onset + 1;
  const scene = createScene(clip, size, channels);
  const noise = createRandom(clip.nuisance.noise.seed, "noise");
  const pixels = size * size * channels;
  const out = new Uint8Array(frames * pixels);
  for (let frame = 0; frame < frames; frame++) {
    const picture = renderFrame(scene, frame);
    for (let i = 0; i < pixels; i++) {
      const value = picture[i]! + clip.nuisance.noise.deviation * noise.normal();
      out[frame * pixels + i] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
    }
  }
  return out;
}

/** What the frames of a clip share. */
function createScene(clip: SyntheticClip, size: number, channels: 1 | 3) {
  const { texels, open, closed, cover } = paintedFace(clip.face, channels, SAMPLES * size);
  const { samples, above, below } = movementField(clip);
  return {
    clip,
    size,
    channels,
    texels,
    open,
    closed,
    cover,
    samples,
    above,
    below,
    inside: channels === 1 ? [34] : [52, 24, 24],
    picture: new Float64Array(size * size * channels),
    moved: new Float64Array(3),
  };
}

type Scene = ReturnType<typeof createScene>;

function renderFrame(scene: Scene, frame: number): Float64Array {
  const { clip, size, channels, picture } = scene;
  const { pose, drift, light, flicker } = clip.nuisance;
  const intensity = intensityAt(clip, frame);
  const blink = blinkAt(clip, frame);
  const progress = frame / (clip.offset - clip.onset);
  const roll = pose.roll + drift.roll * progress;
  const scale = 1 / (1 + pose.scale);
  const cos = scale * Math.cos(roll);
  const sin = scale * Math.sin(roll);
  const shiftX = pose.x + drift.x * progress;
  const shiftY = pose.y + drift.y * progress;
  const gain = light.gain * (1 + flicker.depth * Math.sin(2 * Math.PI * flicker.rate * frame + flicker.phase));
  const fine = size * SAMPLES;
  picture.fill(0);
  for (let row = 0; row < fine; row++) {
    const v = (row + 0.5) / fine - 0.5;
    const line = Math.floor(row / SAMPLES) * size;
    for (let column = 0; column < fine; column++) {
      const u = (column + 0.5) / fine - 0.5;
      const x = cos * (u - shiftX) + sin * (v - shiftY);
      const y = cos * (v - shiftY) - sin * (u - shiftX);
      const brightness = gain * (1 + light.x * u + light.y * v) / (SAMPLES * SAMPLES);
      addSample(scene, x, y, intensity, blink, brightness, (line + Math.floor(column / SAMPLES)) * channels);
    }
  }
  return picture;
}

/** Adds the colour of the moved face at (x, y) to a pixel. */
function addSample(
  scene: Scene,
  x: number,
  y: number,
  a: number,
  blink: number,
  brightness: number,
  pixel: number,
): void {
  const { clip, channels, picture, moved, inside } = scene;
  takeBack(scene, scene.above, x, y, a);
  if (moved[1]! > mouthLine(clip.face, moved[0]!)) {
    takeBack(scene, scene.below, x, y, a);
    if (moved[1]! < mouthLine(clip.face, moved[0]!)) {
      for (let c = 0; c < channels; c++) picture[pixel + c]! += brightness * inside[c]!;
      return;
    }
  }
  const shade = 1 + FURROW * a * moved[2]!;
  readFace(scene, moved[0]!, moved[1]!, blink, brightness * Math.min(1.2, Math.max(0.6, shade)), pixel);
}

/** Solves p + a d(p) = x; leaves p and the divergence there in `scene.moved`. */
function takeBack(scene: Scene, field: Float32Array, x: number, y: number, a: number): void {
  const { moved, samples } = scene;
  moved[0] = x;
  moved[1] = y;
  moved[2] = 0;
  if (a === 0) return;
  const density = (samples - 1) / (2 * EXTENT);
  for (let step = 0; step < 2; step++) {
    const gx = Math.min(samples - 1.001, Math.max(0, (moved[0]! + EXTENT) * density));
    const gy = Math.min(samples - 1.001, Math.max(0, (moved[1]! + EXTENT) * density));
    const [x0, y0] = [Math.floor(gx), Math.floor(gy)];
    const [fx, fy] = [gx - x0, gy - y0];
    const at = (y0 * samples + x0) * 3;
    const below = at + samples * 3;
    const [w00, w01, w10, w11] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
    moved[0] = x - a * (w00 * field[at]! + w01 * field[at + 3]! + w10 * field[below]! + w11 * field[below + 3]!);
    moved[1] = y -
      a * (w00 * field[at + 1]! + w01 * field[at + 4]! + w10 * field[below + 1]! + w11 * field[below + 4]!);
    moved[2] = w00 * field[at + 2]! + w01 * field[at + 5]! + w10 * field[below + 2]! + w11 * field[below + 5]!;
  }
}

/** Bilinear look-up in the painted face; under a blink, lids instead of eyes. */
function readFace(scene: Scene, x: number, y: number, blink: number, brightness: number, pixel: number): void {
  const { texels, channels, picture, cover } = scene;
  const density = texels / (2 * EXTENT);
  const tx = Math.min(texels - 1.001, Math.max(0, (x + EXTENT) * density - 0.5));
  const ty = Math.min(texels - 1.001, Math.max(0, (y + EXTENT) * density - 0.5));
  const [x0, y0] = [Math.floor(tx), Math.floor(ty)];
  const [fx, fy] = [tx - x0, ty - y0];
  const at = y0 * texels + x0;
  const face = blink > 0 && cover[at]! <= blink ? scene.closed : scene.open;
  for (let c = 0; c < channels; c++) {
    const left = at * channels + c;
    const low = left + texels * channels;
    const top = face[left]! * (1 - fx) + face[left + channels]! * fx;
    const bottom = face[low]! * (1 - fx) + face[low + channels]! * fx;
    picture[pixel + c]! += brightness * (top * (1 - fy) + bottom * fy);
  }
}
