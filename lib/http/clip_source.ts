import type { ClipKind, Recipe } from "../data/mod.ts";

/** A clip of a request, checked but not decoded. */
export interface ClipSource {
  /** The class it shows; null when the request does not say. */
  readonly label: string | null;
  readonly kind: ClipKind;
  /**
   * Decodes and preprocesses the clip, one frame in memory at a time.
   *
   * @returns `[M, H, W, C]` bytes of the recipe's shape.
   * @throws {ProblemError} 422 naming the frame that cannot be decoded.
   */
  prepare(recipe: Recipe): Promise<Uint8Array>;
}
