import type { ClipKind } from "./clip_set.ts";

/** One clip that a data set offers, checked: where its frames lie and what its owners say of it. */
export interface ClipEntry {
  /** Unique in its listing. */
  readonly id: string;
  readonly database: string;
  /** Unique in its database: a person is `database` + `subject`. */
  readonly subject: string;
  /** The label as its owners name it; label sets are applied later. */
  readonly label: string;
  readonly kind: ClipKind;
  /** A folder of frames or one picture, absolute. */
  readonly path: string;
  /** First frame of the movement, numbered as in the frames' names; null: the folder's first. */
  readonly onset: number | null;
  /** Frame of the strongest movement; null: not known. */
  readonly apex: number | null;
  /** Last frame of the movement; null: the folder's last. */
  readonly offset: number | null;
  /** One face box `[x, y, width, height]` in pixels for all frames; null or absent: the whole frame. */
  readonly crop?: readonly [number, number, number, number] | null;
  /** The action units as the coders wrote them (`R12C`, `L12 or L14`, `?`), not parsed; null or absent: none given. */
  readonly actionUnits?: string | null;
  /** Frames a second; null: not given. */
  readonly fps: number | null;
  /** The annotation file that says so (or the folder, where names alone do), and its line or row from 1, for messages. */
  readonly file: string;
  readonly line: number | null;
}
