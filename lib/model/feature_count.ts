import type { Architecture } from "./types.ts";

/** Scales of the decoder, as fractions of the input's side: 1/8, 1/4, 1/2. */
export const DECODER_SCALES = [8, 4, 2] as const;

/**
 * F, the length of the vector that feeds the head: one of C a scale of the decoder, or C without a decoder.
 *
 * @param architecture What decides it.
 * @returns F.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { featureCount } from "./mod.ts";
 * assertEquals(featureCount({ decoder: "unet", channels: 4, frames: 8, inputChannels: 3, classes: 5 }), 12);
 * ```
 */
export function featureCount({ decoder, channels }: Architecture): number {
  return decoder === "unet" ? DECODER_SCALES.length * channels : channels;
}
