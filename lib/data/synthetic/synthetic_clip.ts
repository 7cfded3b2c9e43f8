import type { ClipKind } from "../clip_set.ts";
import type { SyntheticClass } from "./synthetic_classes.ts";
import type { SyntheticFace } from "./synthetic_face.ts";

/** Everything that decides a clip's pixels, picture size and colour aside. Lengths in face widths, angles in radians. */
export interface SyntheticClip {
  /** `s01-negative-micro-01`, unique in its data set. */
  readonly id: string;
  readonly database: "synthetic";
  /** `s01`. */
  readonly subject: string;
  readonly split: "train" | "holdout";
  readonly label: SyntheticClass;
  readonly kind: ClipKind;
  /** Folder of frames, relative to the manifest. */
  readonly path: string;
  readonly fps: number;
  /** Frame numbers as in the file names: onset is the first frame, offset the last. */
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
  /** The subject's face, the same object in all its clips. */
  readonly face: SyntheticFace;
  /** The clip's expression `[6]`: the subject's own vector with a little variation from clip to clip. */
  readonly expression: readonly number[];
  /** Largest displacement anywhere in the face at the apex. */
  readonly amplitude: number;
  /** Movement of the left half relative to the right: halves are scaled by 1 ± asymmetry. */
  readonly asymmetry: number;
  readonly nuisance: SyntheticNuisance;
}

/** What moves and changes in a clip without meaning anything. Drawn without regard to the label. */
export interface SyntheticNuisance {
  /** How the head is held: shift, roll, and scale minus one. */
  readonly pose: { readonly x: number; readonly y: number; readonly roll: number; readonly scale: number };
  /** How far the head has moved by the last frame. */
  readonly drift: { readonly x: number; readonly y: number; readonly roll: number };
  /** A blink: its middle in frames from the first, half its length in frames, how far the lids close. */
  readonly blink: { readonly middle: number; readonly half: number; readonly depth: number } | null;
  /** Exposure, and how it grows to the right and downward. */
  readonly light: { readonly gain: number; readonly x: number; readonly y: number };
  /** Flicker of the lamps: relative depth, cycles a frame, phase. */
  readonly flicker: { readonly depth: number; readonly rate: number; readonly phase: number };
  /** Sensor noise: standard deviation in grey levels of 255, and the seed of its stream. */
  readonly noise: { readonly deviation: number; readonly seed: number };
}
