/** The order that the tensor `apexes` of a packed file indexes. */
export const APEX_SOURCES = ["annotated", "midpoint", "motion", "unknown"] as const;

/** Where a clip's apex comes from. */
export type ApexSource = typeof APEX_SOURCES[number];

/** What was found while one clip was read. */
export interface ClipFacts {
  /** Frames from onset to offset that are there. */
  readonly frames: number;
  /** Size of the frames in pixels; of several sizes, the first frame's that was read. */
  readonly width: number;
  readonly height: number;
  /** Sizes among the frames that were read: 1, unless each frame was cropped on its own, say. */
  readonly sizes: number;
  /** 1 grey, 3 colour, as in the files. */
  readonly channels: 1 | 3;
  /** Numbers of the first and last frame, and of the apex; null: one picture, or names without numbers. */
  readonly onset: number | null;
  readonly apex: number | null;
  readonly offset: number | null;
  /**
   * Where the apex comes from: its annotation, the middle of the clip, or the largest motion; `unknown`: there is no
   * annotation and the recipe needs none, so `apex` is the middle, for the sheet only.
   */
  readonly apexSource: ApexSource;
  /** Numbers between onset and offset that no frame carries. */
  readonly gaps: number;
}

/** A picture of a clip for the contact sheet. */
export interface ClipPicture {
  readonly what: "onset" | "apex" | "offset" | "change";
  /** The frame's number; null: its name has none, or the picture shows the change from onset to apex. */
  readonly number: number | null;
  readonly png: Uint8Array;
}
