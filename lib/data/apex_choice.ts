/** Which frame of a clip served as its apex, and who said so. */
export interface ApexChoice {
  /** Index among the frames given to preprocessing: 0 is the onset. */
  readonly frame: number;
  /** The data set's own annotation, the middle of onset..offset, or the frame of largest motion. */
  readonly source: "annotated" | "midpoint" | "motion";
}
