import type { Cell } from "./_read_sheets.ts";

/** A whole number from 0 that a cell holds as number, float or text (`6`, `6.0`, `"006"`); null: none. */
export function wholeNumber(cell: Cell): number | null {
  if (typeof cell === "string") return /^\d{1,15}(\.0*)?$/.test(cell) ? Number(cell) : null;
  if (cell === null) return null;
  // Formulas over frame rates leave rounding errors behind.
  const whole = Math.round(cell);
  return Number.isSafeInteger(whole) && whole >= 0 && Math.abs(cell - whole) < 1e-6 ? whole : null;
}
