import type { RawImage } from "./raw_image.ts";

/** Frames of one clip in order, decoded one at a time when they are asked for: a clip is never whole in memory. */
export interface FrameSource {
  /** Number of frames, at least 1. */
  readonly length: number;
  /** Decodes frame `index`, 0 to `length − 1`. */
  read(index: number): RawImage | Promise<RawImage>;
}
