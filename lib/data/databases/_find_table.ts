import type { Cell, Sheet } from "./_read_sheets.ts";

/** One row below a header, read by the columns' own names. */
export interface TableRow {
  readonly line: number;
  /** The cell of a column; null when it is blank or the table lacks the column. */
  cell(column: string): Cell;
}

/** Column name → the headers that mean it, as {@linkcode headerKey} writes them. */
export type Columns = Readonly<Record<string, readonly string[]>>;

/** Rows in which a header is looked for: preambles are short. */
const HEADER_ROWS = 60;

/** `Onset Frame`, `OnsetFrame` and `onset_frame` are one header. */
function headerKey(cell: Cell): string {
  return String(cell ?? "").toLowerCase().replace(/[^a-z0-9]/g, "");
}

/**
 * Finds the first row that holds every required header, wherever it stands, and returns the rows below it.
 *
 * Blank rows, and rows with a single cell, which are remarks, are passed over.
 */
export function findTable(sheets: readonly Sheet[], columns: Columns, required: readonly string[]): TableRow[] | null {
  for (const { rows } of sheets) {
    for (const [i, { cells }] of rows.slice(0, HEADER_ROWS).entries()) {
      const keys = cells.map(headerKey);
      const at = new Map(
        Object.entries(columns).map(([name, headers]) => [name, keys.findIndex((key) => headers.includes(key))]),
      );
      if (required.some((name) => (at.get(name) ?? -1) < 0)) continue;
      return rows.slice(i + 1)
        .filter((row) => row.cells.filter((cell) => cell !== null).length > 1)
        .map((row) => ({ line: row.line, cell: (name) => row.cells[at.get(name) ?? -1] ?? null }));
    }
  }
  return null;
}
