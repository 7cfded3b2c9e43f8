import { dirname, resolve } from "@std/path";
import { parse } from "csv-parse/sync";
import { fileError } from "./_file_error.ts";
import { isArchive } from "./_is_archive.ts";
import type { ClipEntry } from "./clip_entry.ts";

const REQUIRED = ["id", "database", "subject", "label", "kind", "path"] as const;
const OPTIONAL = ["onset", "apex", "offset", "fps"] as const;

/** One parsed line: fields, and the parser's line count at its end. */
type Parsed = { record: string[]; info: { lines: number } };

/** Splits the text into records; blank lines and lines of bare commas are dropped. */
function parseCsv(text: string, fail: (message: string) => SyntaxError): Parsed[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }) as unknown as Parsed[];
  } catch (error) {
    throw fail((error as Error).message);
  }
}

/** What separates the columns of a header that commas do not. */
function separatorOf(header: readonly string[]): string | undefined {
  return header.length > 1 ? undefined : [["semicolons", ";"], ["tabs", "\t"]]
    .find(([, sign]) => header[0]!.split(sign!).length >= REQUIRED.length)?.[0];
}

/** Resolves a manifest's path field; backslashes separate too, sheets are written on Windows. */
function resolveInside(folder: string, path: string): string | null {
  const parts = path.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== ".");
  if (/^[/\\]|^[A-Za-z]:/.test(path) || path.includes("\0")) return null;
  let depth = 0;
  for (const part of parts) {
    depth += part === ".." ? -1 : 1;
    if (depth < 0) return null;
  }
  return resolve(folder, ...parts);
}

/**
 * Reads a manifest: one clip a row, columns `id,database,subject,label,kind,path,onset,apex,offset,fps`.
 *
 * A further column `crop` may hold a face box in pixels, `x y w h` (spaces or commas between), for all frames of the clip,
 * and `action_units` what a coder wrote, which is kept as it stands.
 *
 * UTF-8 with or without a byte order mark, LF or CRLF, quoted fields. Columns may stand in any order, further columns
 * are ignored, and the last four may be absent or empty. Every field is checked before anything else is read; whether
 * the clips exist is found out when they are loaded.
 *
 * @param path The CSV file.
 * @returns The rows in file order, paths resolved against the manifest's folder.
 * @throws {Deno.errors.NotFound} When there is no such file.
 * @throws {SyntaxError} When the text is no such CSV, has no row, or a field is empty or no number.
 * @throws {RangeError} When a kind is unknown, an id repeats, onset, apex and offset are out of order, or a path leaves
 * the manifest's folder. Messages name file, line and field.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readManifest } from "./mod.ts";
 * const file = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(file, "id,database,subject,label,kind,path\nc1,demo,s1,happy,micro,clips/c1\n");
 * const [row] = await readManifest(file);
 * assertEquals([row!.id, row!.kind, row!.onset, row!.line], ["c1", "micro", null, 2]);
 * await Deno.remove(file);
 * ```
 */
export async function readManifest(path: string): Promise<ClipEntry[]> {
  const fail = (message: string) => new SyntaxError(`Cannot read manifest ${path}: ${message}`);
  const bytes = await Deno.readFile(path).catch((error) => {
    throw fileError(error, `read manifest ${path}`);
  });
  if (/\.xlsx?$/i.test(path)) throw fail("expected CSV text, got a workbook: save it as CSV");
  if (isArchive(path, bytes)) throw fail("expected CSV text, got an archive: unpack it and give the folder");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fail("expected UTF-8 text, got other bytes");
  }
  const [header, ...records] = parseCsv(text, fail);
  if (header === undefined) throw fail("expected a header row, got an empty file");
  const columns = new Map(header.record.map((name, i) => [name.trim().toLowerCase(), i]));
  if (columns.size < header.record.length) throw fail("expected every column once");
  const missing = REQUIRED.filter((name) => !columns.has(name));
  const separator = missing.length > 0 && separatorOf(header.record);
  if (separator) throw fail(`expected commas between the columns, got ${separator}; save it as comma-separated CSV`);
  if (missing.length > 0) throw fail(`expected the columns ${REQUIRED.join(",")}, missing ${missing.join(", ")}`);
  if (records.length === 0) throw fail("expected at least one clip, got the header alone");
  const lines = new Map<string, number>();
  return records.map(({ record, info }) => {
    const cell = (name: string) => record[columns.get(name) ?? -1] ?? "";
    // Spaces within quotes are kept where they may belong to a file's name; "happy " is no class of its own.
    const row = parseRow((name) => name === "path" ? cell(name) : cell(name).trim(), path, info.lines);
    const earlier = lines.get(row.id);
    if (earlier !== undefined) {
      throw new RangeError(
        `Cannot read manifest ${path}: line ${info.lines}, id: expected every id once, got "${row.id}" of line ${earlier} again`,
      );
    }
    lines.set(row.id, info.lines);
    return row;
  });
}

/** Checks one row's fields. */
function parseRow(field: (name: string) => string, file: string, line: number): ClipEntry {
  const at = (name: string) => `Cannot read manifest ${file}: line ${line}, ${name}: expected`;
  const text = (name: string) => {
    const value = field(name);
    if (value === "") throw new SyntaxError(`${at(name)} text, got an empty field`);
    return value;
  };
  const number = (name: typeof OPTIONAL[number]) => {
    const value = field(name);
    if (value === "") return null;
    const whole = name !== "fps";
    // Spreadsheets write whole numbers as 46.0.
    if (!(whole ? /^\d{1,15}(\.0+)?$/ : /^\d{1,15}(\.\d+)?$/).test(value) || (!whole && Number(value) === 0)) {
      throw new SyntaxError(`${at(name)} ${whole ? "a frame number" : "a positive number"}, got "${value}"`);
    }
    return Number(value);
  };
  const kind = text("kind");
  if (kind !== "micro" && kind !== "macro") throw new RangeError(`${at("kind")} micro or macro, got "${kind}"`);
  const database = text("database");
  if (database.includes("/")) throw new RangeError(`${at("database")} a name without "/", got "${database}"`);
  const path = resolveInside(dirname(file), text("path"));
  if (path === null) throw new RangeError(`${at("path")} a path inside the manifest's folder, got "${field("path")}"`);
  const [onset, apex, offset] = [number("onset"), number("apex"), number("offset")];
  const box = field("crop").split(/[\s,]+/).filter((part) => part !== "");
  if (box.length > 0 && !(box.length === 4 && box.every((part) => /^\d{1,9}$/.test(part)))) {
    throw new SyntaxError(`${at("crop")} x y w h in whole pixels, got "${field("crop")}"`);
  }
  const given = [["onset", onset], ["apex", apex], ["offset", offset]].filter(([, value]) => value !== null);
  for (let i = 1; i < given.length; i++) {
    const [[a, x], [b, y]] = [given[i - 1]!, given[i]!];
    if (x! > y!) throw new RangeError(`${at(String(b))} ${a} <= ${b}, got ${x} > ${y}`);
  }
  return {
    id: text("id"),
    database,
    subject: text("subject"),
    label: text("label"),
    kind,
    path,
    onset,
    apex,
    offset,
    ...(box.length > 0 && { crop: box.map(Number) as [number, number, number, number] }),
    ...(field("action_units") !== "" && { actionUnits: field("action_units") }),
    fps: number("fps"),
    file,
    line,
  };
}
