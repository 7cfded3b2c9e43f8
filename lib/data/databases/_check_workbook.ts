import { inflateRawSync } from "node:zlib";

/** Larger than any annotation by orders of magnitude: what is larger is something else. */
const MAX_UNPACKED = 256 * 2 ** 20;
/** What a spreadsheet can hold, and how many cells of it may have to be made up to reach the last one. */
const [MAX_ROW, MAX_COLUMN, MAX_CELLS] = [2 ** 20, 2 ** 14, 2 ** 25];

/** `A` → 1. */
function columnNumber(letters: string): number {
  return [...letters].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0);
}

/** Refuses a sheet whose cells lie where none can: a reader fills the gap before them. */
function checkSheet(xml: string, fail: (message: string) => SyntaxError): void {
  let [rows, columns] = [0, 1];
  for (const [, letters, digits] of xml.matchAll(/\br\s*=\s*["']([A-Z]*)(\d*)["']/g)) {
    const [row, column] = [Number(digits), letters!.length > 3 ? Infinity : columnNumber(letters!)];
    if (row > MAX_ROW || column > MAX_COLUMN) throw fail(`cells up to XFD1048576, got ${letters}${digits}`);
    if (letters === "") rows++;
    columns = Math.max(columns, column);
  }
  if (rows * columns > MAX_CELLS) throw fail(`at most ${MAX_CELLS} cells, got ${rows} rows of ${columns}`);
}

/**
 * Refuses workbooks that are small and become large: a few bytes can unpack to gigabytes, and one cell far out makes a
 * reader fill everything before it.
 *
 * @param bytes A zip.
 * @param fail Makes the error of "expected …, got …".
 */
export function checkWorkbook(bytes: Uint8Array, fail: (message: string) => SyntaxError): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = () => fail("a whole .xlsx workbook, got a damaged one");
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw damaged();
  let left = MAX_UNPACKED;
  let at = view.getUint32(end + 16, true);
  for (let i = view.getUint16(end + 10, true); i > 0; i--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw damaged();
    const [method, packed] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true)));
    left -= view.getUint32(at + 24, true);
    if (left < 0) throw fail(`at most ${MAX_UNPACKED} bytes unpacked, got more`);
    const local = view.getUint32(at + 42, true);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (!/\.xml$/i.test(name)) continue;
    if (local + 30 > bytes.length) throw damaged();
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    let body = bytes.subarray(from, from + packed);
    if (method === 8) {
      try {
        body = inflateRawSync(body, { maxOutputLength: left + 1 });
      } catch (error) {
        if ((error as { code?: string }).code !== "ERR_BUFFER_TOO_LARGE") throw damaged();
        throw fail(`at most ${MAX_UNPACKED} bytes unpacked, got more`);
      }
    }
    if (/sheet/i.test(name)) checkSheet(new TextDecoder().decode(body), fail);
  }
}
