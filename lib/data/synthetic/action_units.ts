/** A point of the face that movements are anchored to; the lateral ones exist left and right. */
export type Landmark =
  | "innerBrow"
  | "outerBrow"
  | "upperLid"
  | "lowerLid"
  | "cheek"
  | "noseWing"
  | "lipCorner"
  | "upperLip"
  | "lowerLip"
  | "chin";

/** One bump of a displacement field: direction times a Gaussian around a landmark. Units: the face's width. */
export interface Bump {
  readonly at: Landmark;
  /** Shift of the centre from the landmark: x outward (away from the face's middle), y downward. */
  readonly shift?: readonly [x: number, y: number];
  /** Displacement at the centre, relative to the unit's intensity: x outward, y downward. */
  readonly push: readonly [x: number, y: number];
  /** Standard deviations of the Gaussian. */
  readonly spread: readonly [x: number, y: number];
  /** Moves only the skin below the mouth's line: the lips part. Without it the skin moves as one. */
  readonly belowMouth?: boolean;
}

/** A facial action of the Facial Action Coding System, as a displacement field. */
export interface ActionUnit {
  /** FACS name, for instance `AU12`. */
  readonly name: string;
  /** What the muscle does. */
  readonly action: string;
  /** The axis of expression space the unit lies on, and its end: antagonists share an axis. */
  readonly axis: number;
  readonly end: 1 | -1;
  readonly bumps: readonly Bump[];
}

/** Axes of expression space: two antagonistic groups of action units each. */
export const EXPRESSION_AXES = 6;

/**
 * The action units the generator knows, in six antagonistic pairs of groups (axis: positive end ↔ negative end).
 *
 * 0 brows: AU1 + AU2 raised ↔ AU4 lowered · 1 lids: AU5 raised ↔ AU7 tightened · 2 middle of the face: AU6 cheek raiser ↔
 * AU9 nose wrinkler · 3 lip corners: AU12 pulled up ↔ AU15 pulled down · 4 jaw: AU26 dropped, lips apart ↔ AU17 chin
 * raised · 5 lips' width: AU20 stretched ↔ AU18 puckered. A coordinate z ≥ 0 means intensity z of the positive end's
 * units, z < 0 intensity |z| of the negative end's: intensities are never negative, as in FACS.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ACTION_UNITS } from "./mod.ts";
 * assertEquals(ACTION_UNITS.find((unit) => unit.name === "AU12")?.action, "lip corner puller");
 * ```
 *
 * Source: Ekman, Friesen, Hager: Facial Action Coding System (2002), for names and directions of movement.
 */
export const ACTION_UNITS: readonly ActionUnit[] = [
  {
    name: "AU1",
    action: "inner brow raiser",
    axis: 0,
    end: 1,
    bumps: [{ at: "innerBrow", push: [0, -0.9], spread: [0.065, 0.065] }],
  },
  {
    name: "AU2",
    action: "outer brow raiser",
    axis: 0,
    end: 1,
    bumps: [{ at: "outerBrow", push: [0, -0.9], spread: [0.075, 0.065] }],
  },
  {
    name: "AU4",
    action: "brow lowerer",
    axis: 0,
    end: -1,
    bumps: [{ at: "innerBrow", shift: [0.03, 0], push: [-0.55, 0.85], spread: [0.085, 0.06] }],
  },
  {
    name: "AU5",
    action: "upper lid raiser",
    axis: 1,
    end: 1,
    bumps: [{ at: "upperLid", push: [0, -0.6], spread: [0.075, 0.055] }],
  },
  {
    name: "AU7",
    action: "lid tightener",
    axis: 1,
    end: -1,
    bumps: [
      { at: "upperLid", push: [0, 0.4], spread: [0.07, 0.05] },
      { at: "lowerLid", push: [0, -0.65], spread: [0.07, 0.05] },
    ],
  },
  {
    name: "AU6",
    action: "cheek raiser",
    axis: 2,
    end: 1,
    bumps: [{ at: "cheek", push: [0.15, -0.95], spread: [0.1, 0.07] }],
  },
  {
    name: "AU9",
    action: "nose wrinkler",
    axis: 2,
    end: -1,
    bumps: [
      { at: "noseWing", push: [0.1, -0.95], spread: [0.055, 0.075] },
      { at: "upperLip", shift: [0.03, -0.01], push: [0, -0.4], spread: [0.05, 0.045] },
    ],
  },
  {
    name: "AU12",
    action: "lip corner puller",
    axis: 3,
    end: 1,
    bumps: [{ at: "lipCorner", shift: [0.01, 0], push: [0.65, -0.8], spread: [0.075, 0.07] }],
  },
  {
    name: "AU15",
    action: "lip corner depressor",
    axis: 3,
    end: -1,
    bumps: [{ at: "lipCorner", shift: [0, 0.01], push: [0.05, 1], spread: [0.07, 0.065] }],
  },
  {
    name: "AU26",
    action: "jaw drop, lips part",
    axis: 4,
    end: 1,
    bumps: [
      { at: "chin", push: [0, 0.75], spread: [0.17, 0.085] },
      { at: "lowerLip", push: [0, 0.85], spread: [0.1, 0.07], belowMouth: true },
    ],
  },
  {
    name: "AU17",
    action: "chin raiser",
    axis: 4,
    end: -1,
    bumps: [{ at: "chin", shift: [0, -0.04], push: [0, -1], spread: [0.1, 0.075] }],
  },
  {
    name: "AU20",
    action: "lip stretcher",
    axis: 5,
    end: 1,
    bumps: [{ at: "lipCorner", shift: [0.01, 0.01], push: [1, 0.15], spread: [0.075, 0.06] }],
  },
  {
    name: "AU18",
    action: "lip pucker",
    axis: 5,
    end: -1,
    bumps: [
      { at: "lipCorner", shift: [-0.01, 0], push: [-1, 0], spread: [0.075, 0.06] },
      { at: "upperLip", push: [0, -0.35], spread: [0.045, 0.045] },
    ],
  },
];
