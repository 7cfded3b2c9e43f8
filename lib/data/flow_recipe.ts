/** How optical flow becomes bytes. Part of a {@linkcode Recipe} whose input is flow. */
export interface FlowRecipe {
  /** Farnebäck's polynomial expansion. */
  readonly method: "farneback";
  /** Height and width in pixels at which flow is computed, at least the recipe's size; then taken to that by area. */
  readonly size: number;
  /**
   * `fixed`: one symmetric scale for every clip, zero at 128, so that sign and magnitude survive and a mirrored clip is
   * exactly mirrored flow with u negated. `minmax`: each channel of each clip over 0..255, as STSTNet and HTNet do.
   */
  readonly scaling: "fixed" | "minmax";
  /** Fixed scale: |u| or |v| that takes the last byte, in pixels of the output picture. */
  readonly range: number;
  /** Fixed scale: strain that takes the last byte; strain is a displacement a pixel, without unit. */
  readonly strainRange: number;
}
