import type { Count, DatabaseSummary } from "../../lib/packing/mod.ts";
import { plural } from "./plural.ts";

function counts(list: readonly Count[], most: number): string {
  if (list.length === 1) return list[0]!.value;
  const rest = list.length - most;
  return list.slice(0, most).map(({ value, clips }) => `${value} (${clips})`).join(", ") +
    (rest > 0 ? ` and ${rest} more` : "");
}

/**
 * Writes what databases offer as plain text, a block each.
 *
 * @param summaries The databases.
 * @returns Lines.
 */
export function clipTable(summaries: readonly DatabaseSummary[]): string[] {
  return summaries.flatMap((one) => {
    const rows: [string, string][] = [
      ["clips", `${one.clips}${one.macro > 0 ? ` (${one.macro} macro)` : ""} of ${plural(one.subjects, "subject")}`],
      ["classes", one.classes.map(({ value, clips }) => `${value} ${clips}`).join(", ")],
      ["frame rate", counts(one.rates, 4)],
    ];
    if (one.frames !== null) {
      const { min, median, max } = one.frames;
      rows.push(["frames a clip", `${min} to ${max}, median ${median}`], ["frame size", counts(one.sizes, 4)]);
    }
    if (one.apexes.some(({ value }) => value !== "annotated")) {
      rows.push(["apex", one.apexes.map(({ value, clips }) => `${value} ${clips}`).join(", ")]);
    }
    if (one.findings > 0) rows.push(["findings", `${one.findings}`]);
    return ["", one.database, ...rows.map(([name, text]) => `  ${name.padEnd(14)} ${text}`)];
  });
}
