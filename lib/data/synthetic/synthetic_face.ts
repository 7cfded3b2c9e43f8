/**
 * A subject's face: geometry, skin, texture and lighting.
 *
 * The picture is the face's bounding box, so the unit of length is the picture's width. Coordinates: x to the right,
 * y downward, (0, 0) in the middle, the picture spans [−½, ½]². Colours are sRGB, 0 to 255.
 */
export interface SyntheticFace {
  /** Half the head's width, the height of the jaw's curve, and how squarish the jaw is. */
  readonly head: { readonly width: number; readonly height: number; readonly jaw: number };
  readonly hairline: number;
  readonly brow: {
    readonly y: number;
    readonly inner: number;
    readonly outer: number;
    readonly arch: number;
    readonly thickness: number;
    readonly strength: number;
  };
  readonly eye: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly tilt: number;
  };
  readonly nose: { readonly y: number; readonly width: number };
  readonly mouth: {
    readonly y: number;
    readonly width: number;
    readonly curve: number;
    readonly upper: number;
    readonly lower: number;
  };
  readonly chin: number;
  readonly colours: {
    readonly skin: readonly [number, number, number];
    readonly hair: readonly [number, number, number];
    readonly lips: readonly [number, number, number];
    readonly iris: readonly [number, number, number];
    readonly background: readonly [number, number, number];
  };
  /** Direction the light comes from, [x, y], and how strongly it models the face. */
  readonly light: { readonly x: number; readonly y: number; readonly strength: number };
  /** Roughness of the skin, freckles (count), depth of folds, shade of a beard; the seed of the skin's noise. */
  readonly skin: {
    readonly rough: number;
    readonly freckles: number;
    readonly folds: number;
    readonly beard: number;
    readonly seed: number;
  };
}
