/** What a request may hold at most. */
export interface Limits {
  /** Bytes of a body. @default {33554432} 32 MiB */
  readonly bodyBytes: number;
  /** Milliseconds that a body may take to arrive. @default {60_000} */
  readonly bodyMs: number;
  /** Milliseconds that a request may take in all, where work can be given up. @default {120_000} */
  readonly requestMs: number;
  /** Clips of a request. @default {64} */
  readonly clips: number;
  /** Frames of a clip. @default {300} */
  readonly frames: number;
  /** Pixels of an image. @default {4_000_000} */
  readonly imagePixels: number;
  /** Pixels of all images of a request. @default {128_000_000} */
  readonly requestPixels: number;
}

/**
 * The limits of a server that configures none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { DEFAULT_LIMITS } from "./mod.ts";
 * assertEquals(DEFAULT_LIMITS.bodyBytes, 32 * 2 ** 20);
 * ```
 */
export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 32 * 2 ** 20,
  bodyMs: 60_000,
  requestMs: 120_000,
  clips: 64,
  frames: 300,
  imagePixels: 4_000_000,
  requestPixels: 128_000_000,
};
