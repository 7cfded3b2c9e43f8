import type { Cell } from "./_read_sheets.ts";
import { wholeNumber } from "./_whole_number.ts";

/**
 * Reads an apex cell: a frame of onset..offset, or null for what is none (`/`, blank, 0, text, outside).
 *
 * @param find Takes what is wrong with it. An apex equal to the onset is kept and told: a flow between them is zero.
 */
export function readApex(
  cell: Cell,
  { onset, offset }: { onset: number | null; offset: number | null },
  find: (message: string) => void,
): number | null {
  const apex = wholeNumber(cell);
  const none = "taken as not known";
  if (cell === null) find(`the apex is blank: ${none}`);
  else if (apex === null) find(`the apex is "${cell}": ${none}`);
  else if (apex === 0) find(`the apex is 0: ${none}`);
  else if (onset !== null && apex < onset) find(`the apex ${apex} is before the onset ${onset}: ${none}`);
  else if (offset !== null && apex > offset) find(`the apex ${apex} is after the offset ${offset}: ${none}`);
  else {
    if (apex === onset) find(`the apex is the onset, ${apex}: kept`);
    return apex;
  }
  return null;
}
