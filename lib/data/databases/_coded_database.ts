import type { SubjectRoot } from "./_explore.ts";
import type { Annotations, AnnotationSpec } from "./_find_annotations.ts";
import type { Columns, TableRow } from "./_find_table.ts";

/** A database whose workbook has a row a movement and whose frames lie in `subject/clip`: SAMM, CASME, CASME II. */
export interface CodedDatabase {
  readonly name: string;
  readonly title: string;
  readonly subjectFolder: RegExp;
  readonly example: string;
  /** The subject's name: of a folder's or a cell's number. */
  subjectName(number: number): string;
  /** Usual names of the workbook. */
  readonly fileName: RegExp;
  readonly columns:
    & Columns
    & Readonly<Record<"subject" | "clip" | "onset" | "apex" | "offset" | "label" | "units", string[]>>;
  readonly expected: string;
  /** Distinguishes its clips' names from other databases' with the same headers. */
  readonly clipName: RegExp;
  readonly fps: number;
  /** Several movements share a clip's folder: the onset belongs to the id, and a window is needed. */
  readonly shared: boolean;
  /** Says that a frame's name is another database's; its title. */
  foreignFrame?(name: string): string | null;
  /** Picks the folders to read among those found. */
  roots(found: readonly SubjectRoot[], root: string): readonly SubjectRoot[];
  /** Picks the annotation files. */
  annotations(
    found: Annotations<TableRow[]>[] | null,
    spec: AnnotationSpec<TableRow[]>,
    root: string,
  ): readonly Annotations<TableRow[]>[];
}
