import { basename, dirname, extname } from "@std/path";
import { parse } from "csv-parse/sync";
import readXlsxFile from "read-excel-file/universal";
import { fileError } from "../_file_error.ts";
import { checkWorkbook } from "./_check_workbook.ts";

/** A cell as it is stored; a formula's is the value that its file holds. */
export type Cell = string | number | null;

/** One table of a workbook, or a CSV file as a whole. */
export interface Sheet {
  readonly name: string;
  readonly rows: readonly {
    /** From 1, as a spreadsheet program shows it; for a CSV the line on which the record ends. */
    readonly line: number;
    readonly cells: readonly Cell[];
  }[];
}

/** Larger than any annotation by orders of magnitude: what is larger is something else. */
const MAX_FILE = 32 * 2 ** 20;

/** Text is trimmed of every space, U+00A0, U+3000, U+200B and U+FEFF included; empty text is no cell. */
function cleanCell(value: unknown): Cell {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value === null || value === undefined) return null;
  const text = (value instanceof Date ? value.toISOString() : String(value)).replace(/^[\s\u200b]+|[\s\u200b]+$/g, "");
  return text === "" ? null : text;
}

/** Whether the bytes hold a text in UTF-16, as OLE directories do. */
function holdsName(bytes: Uint8Array, name: string): boolean {
  const wanted = Uint8Array.from([...name].flatMap((letter) => [letter.charCodeAt(0), 0]));
  for (let at = bytes.indexOf(wanted[0]!); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

async function readXlsx(bytes: Uint8Array<ArrayBuffer>, fail: (message: string) => SyntaxError): Promise<Sheet[]> {
  checkWorkbook(bytes, fail);
  let sheets: { sheet: string; data: unknown[][] | undefined }[];
  try {
    sheets = await readXlsxFile(new Blob([bytes])) as typeof sheets;
  } catch (error) {
    throw fail(`a whole .xlsx workbook, got a damaged one (${error instanceof Error ? error.message : error})`);
  }
  return sheets.map(({ sheet, data }) => {
    if (data === undefined) throw fail(`a whole .xlsx workbook, got one without its sheet "${sheet}"`);
    return {
      name: sheet.trim(),
      rows: data.map((cells, i) => ({ line: i + 1, cells: cells.map(cleanCell) })),
    };
  });
}

function readCsv(bytes: Uint8Array, name: string, fail: (message: string) => SyntaxError): Sheet {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fail("UTF-8 text or an .xlsx workbook, got other bytes");
  }
  if (text.includes("\0")) throw fail("text or an .xlsx workbook, got other bytes");
  const delimiter = [",", ";", "\t"].sort((a, b) => text.split(b).length - text.split(a).length)[0]!;
  try {
    const records = parse(text, {
      info: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return { name, rows: records.map(({ record, info }) => ({ line: info.lines, cells: record.map(cleanCell) })) };
  } catch (error) {
    throw fail(`CSV, got ${(error as Error).message}`);
  }
}

/**
 * Reads an annotation file, told by its bytes: an `.xlsx` workbook or CSV.
 *
 * The old binary `.xls` is refused with the command that exports it, because no maintained reader of it is free of
 * known holes. So are workbooks with a password.
 */
export async function readSheets(path: string): Promise<Sheet[]> {
  const fail = (message: string) => new SyntaxError(`Cannot read annotations ${path}: expected ${message}`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) throw new TypeError(`Cannot read annotations ${path}: expected a file, got a folder`);
    if (size > MAX_FILE) throw fail(`at most ${MAX_FILE} bytes, got ${size}`);
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw fileError(error, `read annotations ${path}`);
  }
  if (bytes.length === 0) throw fail("a workbook or CSV, got an empty file");
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return await readXlsx(bytes, fail);
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0) {
    if (holdsName(bytes, "EncryptedPackage")) {
      throw fail("a workbook without a password, got an encrypted one: save a copy without its password");
    }
    throw fail(
      ".xlsx or CSV, got an old binary .xls: export it with\n  " +
        `libreoffice --headless --convert-to csv --outdir "${dirname(path)}" "${path}"`,
    );
  }
  if (/^\.xlsx?$/i.test(extname(path))) throw fail("an .xlsx workbook, got other bytes under that name");
  return [readCsv(bytes, basename(path), fail)];
}
