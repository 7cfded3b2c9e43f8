import { basename, dirname, join } from "@std/path";
import { fileError } from "../_file_error.ts";
import { listFolder } from "./_list_folder.ts";
import { readSheets, type Sheet } from "./_read_sheets.ts";

/** What {@linkcode findAnnotations} looks for. */
export interface AnnotationSpec<T> {
  /** How people call the database. */
  readonly title: string;
  /** Usual names of the file. */
  readonly fileName: RegExp;
  /** What it holds, for messages. */
  readonly expected: string;
  /** Every workbook under a usual name is part of the annotations, so that none may stay unread. */
  readonly parts?: boolean;
  /** Takes what is needed out of the sheets; null: this is another file. */
  read(sheets: readonly Sheet[], file: string): T | null;
}

/** An annotation file and what was taken from it. */
export interface Annotations<T> {
  readonly file: string;
  readonly value: T;
}

const isSheet = (name: string) => /\.(xlsx|xls|csv)$/i.test(name);
const isXls = (name: string) => /\.xls$/i.test(name);

/** The rows of a file that was not understood, for its error. */
function firstCells(sheets: readonly Sheet[]): string {
  const cells = sheets.flatMap(({ rows }) => rows.slice(0, 1).flatMap((row) => row.cells.filter((c) => c !== null)));
  return cells.length === 0 ? "an empty sheet" : `a sheet that begins ${cells.slice(0, 6).join(", ")}`;
}

async function readAs<T>(file: string, spec: AnnotationSpec<T>): Promise<Annotations<T>> {
  const sheets = await readSheets(file);
  const value = spec.read(sheets, file);
  if (value !== null) return { file, value };
  throw new RangeError(
    `Cannot read annotations ${file}: expected ${spec.expected}, as ${spec.title} has them, got ${firstCells(sheets)}`,
  );
}

/** The files among several that are of this database, whatever they are called; what cannot be read is none. */
async function readable<T>(files: readonly string[], spec: AnnotationSpec<T>): Promise<Annotations<T>[]> {
  const found: Annotations<T>[] = [];
  for (const file of files) {
    const sheets = await readSheets(file).catch(() => []);
    const value = spec.read(sheets, file);
    if (value !== null) found.push({ file, value });
  }
  return found;
}

/** Takes the files with a usual name, else those with the right content; null: there are none. */
async function choose<T>(files: readonly string[], spec: AnnotationSpec<T>): Promise<Annotations<T>[] | null> {
  const named = files.filter((file) => spec.fileName.test(basename(file)));
  // The CSV export lies beside the old workbook it was made of.
  const modern = named.filter((file) => !isXls(file));
  const candidates = modern.length > 0 ? modern : named;
  const stem = (file: string) => basename(file).replace(/\.\w+$/, "").toLowerCase();
  const unread = named.find((file) => isXls(file) && !modern.some((other) => stem(other).startsWith(stem(file))));
  if (spec.parts && unread !== undefined) return [await readAs(unread, spec)];
  for (const group of [candidates, files]) {
    const found = await readable(group, spec);
    if (found.length > 0) return found;
  }
  // Says what is wrong with it.
  return candidates.length > 0 ? [await readAs(candidates[0]!, spec)] : null;
}

/**
 * Finds the annotation files: the one that is given, or those in a given folder, else those under the root, else those
 * beside the root.
 *
 * @returns One or more; the caller decides whether several make sense. Null: there is none.
 */
export async function findAnnotations<T>(
  root: string,
  sheets: readonly string[],
  { spec, given = null }: { spec: AnnotationSpec<T>; given?: string | null },
): Promise<Annotations<T>[] | null> {
  if (given !== null) {
    try {
      if (!(await Deno.stat(given)).isDirectory) return [await readAs(given, spec)];
    } catch (error) {
      throw fileError(error, `read annotations ${given}`);
    }
    return await choose((await listFolder(given)).files.filter(isSheet).map((name) => join(given, name)), spec);
  }
  const under = await choose(sheets, spec);
  if (under !== null) return under;
  const parent = dirname(root);
  const beside = await listFolder(parent).then(({ files }) => files, () => []);
  return await choose(beside.filter(isSheet).map((name) => join(parent, name)), spec);
}
