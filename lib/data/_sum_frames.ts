import { type AxisWeights, axisWeights, resize, type ResizeRoom, resizeRoom } from "./_resize.ts";
import type { RawImage } from "./raw_image.ts";

/** A box `[x, y, width, height]` in pixels. */
export type Box = readonly [number, number, number, number];

/** Frames to read, and what each is taken to. */
export interface FrameShape {
  /** One box for all frames; null: the whole frame. */
  readonly crop: Box | null;
  /** Height and width, H = W. */
  readonly size: number;
  /** C. */
  readonly channels: 1 | 3;
}

/** Reads frame `index`. */
export type ReadFrame = (index: number) => RawImage | Promise<RawImage>;

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

/** Takes the box out of a frame and to C channels: Rec. 601 luma, or grey repeated. `[h, w, C]` floats, into `out`. */
function cropAndConvert(image: RawImage, crop: Box, channels: 1 | 3, out: Float32Array): void {
  const [x0, y0, w, h] = crop;
  const { data, width, channels: source } = image;
  let at = 0;
  for (let y = y0; y < y0 + h; y++) {
    let from = (y * width + x0) * source;
    for (let x = 0; x < w; x++, from += source) {
      if (source === channels) { for (let c = 0; c < channels; c++) out[at++] = data[from + c]!; }
      else if (channels === 1) out[at++] = 0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!;
      else for (let c = 0; c < 3; c++) out[at++] = data[from]!;
    }
  }
}

/** What frames of one size have in common. */
interface Size {
  readonly width: number;
  readonly height: number;
  readonly crop: Box;
  /** The box, `[h, w, C]`. */
  readonly cut: Float32Array;
  /** How it is resized; null where it has the size that is wanted. */
  readonly resizing: readonly [columns: AxisWeights, rows: AxisWeights, room: ResizeRoom] | null;
}

function sizeOf({ width, height }: RawImage, crop: Box, { size, channels }: FrameShape): Size {
  const [, , w, h] = crop;
  const shared = { width, height, crop, cut: new Float32Array(w * h * channels) };
  if (w === size && h === size) return { ...shared, resizing: null };
  const axes = [axisWeights(w, size), axisWeights(h, size)] as const;
  return { ...shared, resizing: [...axes, resizeRoom(h, channels, ...axes)] };
}

/**
 * Makes a reader that gives frame `index` cropped, converted and resized, `[H, W, C]`; its numbers count until the next
 * frame is read.
 *
 * Frames of other sizes are resized each by itself; a box in pixels is a place in all of them only if they have one size.
 */
export function smallFrames(read: ReadFrame, shape: FrameShape): (index: number) => Promise<Float32Array> {
  let last: Size | undefined;
  return async (index) => {
    const image = await read(index);
    const { width, height } = image;
    if (last === undefined || width !== last.width || height !== last.height) {
      if (last !== undefined && shape.crop !== null) {
        throw new RangeError(
          `Cannot crop the clip: expected frames of one size, ${last.width} x ${last.height}, ` +
            `got ${width} x ${height} in frame ${index}`,
        );
      }
      const crop = shape.crop ?? [0, 0, width, height];
      checkCrop(crop, image);
      last = sizeOf(image, crop, shape);
    }
    const { cut, resizing } = last;
    cropAndConvert(image, last.crop, shape.channels, cut);
    return resizing === null ? cut : resize(cut, { width: last.crop[2], channels: shape.channels }, ...resizing);
  };
}

/**
 * Weighted sums of a clip's frames: output m is Σ_j w[m][j] · frame j, `[M, H, W, C]`.
 *
 * Frames are read one at a time, in order, each once, and only those that count.
 */
export async function sumFrames(
  read: ReadFrame,
  weights: readonly Float64Array[],
  shape: FrameShape,
): Promise<Float32Array> {
  const small = smallFrames(read, shape);
  const length = shape.size * shape.size * shape.channels;
  const sums = new Float32Array(weights.length * length); // [M, H, W, C]
  for (let j = 0; j < weights[0]!.length; j++) {
    if (weights.every((row) => row[j] === 0)) continue;
    const frame = await small(j);
    weights.forEach((row, m) => {
      const weight = row[j]!;
      if (weight === 0) return;
      for (let i = 0, at = m * length; i < length; i++, at++) sums[at]! += weight * frame[i]!;
    });
  }
  return sums;
}
