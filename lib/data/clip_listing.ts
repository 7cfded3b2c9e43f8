import type { ClipEntry } from "./clip_entry.ts";

/** Something that a reader noticed and worked around. `--strict` makes it an error. */
export interface Finding {
  /** The annotation file or folder. */
  readonly file: string;
  /** Line or row, from 1; null: the file as a whole. */
  readonly line: number | null;
  /** What was found and what was done about it, one sentence. */
  readonly message: string;
}

/** What a reader found in one data set: its clips in a fixed order, and everything that was not as it should be. */
export interface ClipListing {
  /** Short name, the `database` of every entry; of a composite the names, joined by `+`. */
  readonly database: string;
  /** Ordered the same on every machine. */
  readonly entries: readonly ClipEntry[];
  readonly findings: readonly Finding[];
  /** What nothing is wrong with but a person should know, such as how many clips have no label. One sentence each. */
  readonly notes?: readonly string[];
}
