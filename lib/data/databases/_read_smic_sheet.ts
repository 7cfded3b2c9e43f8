import { foldLabel } from "../_fold_label.ts";
import type { Report } from "./_create_report.ts";
import type { TableRow } from "./_find_table.ts";
import { parseSmicClip, type SmicClip } from "./_parse_smic_clip.ts";
import { wholeNumber } from "./_whole_number.ts";

/** One row of the extended release's workbook. */
export interface SmicRow {
  readonly line: number;
  readonly clip: SmicClip;
  readonly onset: number | null;
  readonly apex: number | null;
  readonly offset: number | null;
  /** Second and third movement, as they stand there. */
  readonly further: readonly { readonly onset: number; readonly offset: number }[];
  /** First and last frame of the video. */
  readonly first: number | null;
  readonly last: number | null;
  readonly label: string;
}

/** Reads the rows; offsets that their formula's file does not hold are made from the movement's length. */
export function readSmicSheet(rows: readonly TableRow[], file: string, report: Report): SmicRow[] {
  return rows.flatMap((row) => {
    const text = String(row.cell("clip") ?? "");
    const clip = parseSmicClip(text);
    if (clip === null) {
      report.find(file, row.line, `expected a clip's name like s1_ne_01, got "${text}": left out`);
      return [];
    }
    const find = (message: string) => report.find(file, row.line, `${clip.name}: ${message}`);
    const subject = row.cell("subject");
    const number = wholeNumber(typeof subject === "string" ? subject.replace(/^s/i, "") : subject);
    if (number !== clip.number) find(`the row's subject is "${subject ?? ""}": the name was followed`);
    const frame = (name: string) => {
      const cell = row.cell(name);
      const value = wholeNumber(cell);
      if (cell !== null && value === null && cell !== "/") find(`${name} is "${cell}", no frame number: not used`);
      return value;
    };
    const [onset, total] = [frame("onset"), frame("total")];
    let offset = frame("offset");
    if (offset === null && onset !== null && total !== null && total > 0) {
      offset = onset + total - 1;
      find(`the offset's formula has no value: ${offset} was made from the movement's ${total} frames`);
    }
    const further = [["onset2", "offset2"], ["onset3", "offset3"]].flatMap(([from, to]) => {
      const [onset, offset] = [frame(from!), frame(to!)];
      return onset === null || offset === null || (onset === 0 && offset === 0) ? [] : [{ onset, offset }];
    });
    const apex = frame("apex");
    const label = foldLabel(String(row.cell("label") ?? ""));
    return [{ line: row.line, clip, onset, apex, offset, further, first: frame("first"), last: frame("last"), label }];
  });
}
