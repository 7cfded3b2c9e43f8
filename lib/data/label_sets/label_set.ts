import type { ClipEntry } from "../clip_entry.ts";

/** What a label set makes of one clip: a class, or nothing and why. */
export type LabelTarget = { readonly label: string } | { readonly leftOut: string };

/** A way from the owners' labels to classes. {@linkcode readLabelSet} makes one, {@linkcode applyLabelSet} applies it. */
export interface LabelSet {
  /** `native`, `5`, `megc3`, or the mapping file's name without its folder. */
  readonly name: string;
  /**
   * The class of a clip.
   *
   * @throws {RangeError} When the set says nothing about the clip's database or label.
   */
  target(entry: ClipEntry): LabelTarget;
  /** Clips, micro, a database has in the published set of this name; absent where none is published. */
  readonly published?: Readonly<Record<string, number>>;
}
