import { crc32 } from "node:zlib";

/** A cell: blank, number, text, or a formula with or without the value that a spreadsheet program stores beside it. */
export type CellSpec = null | number | string | { readonly formula: string; readonly value?: number };

/** A sheet; row i of the array is row i + 1 of the file. */
export interface SheetSpec {
  readonly name: string;
  readonly rows: readonly (readonly CellSpec[])[];
}

const encoder = new TextEncoder();
const escape = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** Joins files into a zip without compression. */
export function zip(files: Readonly<Record<string, string>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, body] = [encoder.encode(name), encoder.encode(text)];
    const local = new DataView(new ArrayBuffer(30));
    const central = new DataView(new ArrayBuffer(46));
    local.setUint32(0, 0x04034b50, true);
    central.setUint32(0, 0x02014b50, true);
    for (const [view, from] of [[local, 4], [central, 6]] as const) {
      view.setUint16(from, 20, true);
      view.setUint32(from + 10, crc32(body), true);
      view.setUint32(from + 14, body.length, true);
      view.setUint32(from + 18, body.length, true);
      view.setUint16(from + 22, path.length, true);
    }
    central.setUint16(4, 20, true);
    central.setUint32(42, at, true);
    parts.push(new Uint8Array(local.buffer), path, body);
    directory.push(new Uint8Array(central.buffer), path);
    at += 30 + path.length + body.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  const count = Object.keys(files).length;
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, count, true);
  end.setUint16(10, count, true);
  end.setUint32(12, directory.reduce((sum, part) => sum + part.length, 0), true);
  end.setUint32(16, at, true);
  const all = [...parts, ...directory, new Uint8Array(end.buffer)];
  const out = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of all) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}

/** `0` → `A`. */
function columnName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26);
}

/** Writes a workbook as Excel does: shared strings, text cells with the format `@`, formulas with their stored values. */
export function xlsx(sheets: readonly SheetSpec[]): Uint8Array {
  const strings = new Map<string, number>();
  const cell = (value: CellSpec, at: string) => {
    if (value === null) return "";
    if (typeof value === "number") return `<c r="${at}"><v>${value}</v></c>`;
    if (typeof value === "string") {
      if (!strings.has(value)) strings.set(value, strings.size);
      return `<c r="${at}" s="1" t="s"><v>${strings.get(value)}</v></c>`;
    }
    const stored = value.value === undefined ? "" : `<v>${value.value}</v>`;
    return `<c r="${at}"><f>${escape(value.formula)}</f>${stored}</c>`;
  };
  const bodies = sheets.map(({ rows }) =>
    rows.map((cells, r) => {
      const body = cells.map((value, c) => cell(value, `${columnName(c)}${r + 1}`)).join("");
      return body === "" ? "" : `<row r="${r + 1}">${body}</row>`;
    }).join("")
  );
  const files: Record<string, string> = {
    "[Content_Types].xml": `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
      `<Default Extension="xml" ContentType="application/xml"/></Types>`,
    "_rels/.rels": `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
      `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${HEAD}<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets>` +
      sheets.map(({ name }, i) => `<sheet name="${escape(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("") +
      "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": `${HEAD}<Relationships ` +
      `xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
      sheets.map((_, i) =>
        `<Relationship Id="rId${i + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`
      ).join("") +
      `<Relationship Id="rIdS" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/>` +
      `<Relationship Id="rIdT" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml": `${HEAD}<styleSheet ${MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="49"/></cellXfs>` +
      "</styleSheet>",
    "xl/sharedStrings.xml": `${HEAD}<sst ${MAIN}>` +
      [...strings.keys()].map((text) => `<si><t xml:space="preserve">${escape(text)}</t></si>`).join("") + "</sst>",
  };
  bodies.forEach((body, i) => {
    files[`xl/worksheets/sheet${i + 1}.xml`] = `${HEAD}<worksheet ${MAIN}><sheetData>${body}</sheetData></worksheet>`;
  });
  return zip(files);
}

/** What a workbook with a password begins with: an OLE container with a stream of this name. */
export function encryptedWorkbook(): Uint8Array {
  return oleFile("EncryptedPackage");
}

/** The old binary format: an OLE container with a stream named Workbook. */
export function xls(): Uint8Array {
  return oleFile("Workbook");
}

function oleFile(stream: string): Uint8Array {
  const bytes = new Uint8Array(1024);
  bytes.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  bytes.set([...stream].flatMap((letter) => [letter.charCodeAt(0), 0]), 512);
  return bytes;
}
