import { boundsOf, type Interval, type RowSummary, type StudySummary, tooFew } from "../../lib/eval/mod.ts";
import { formatSeconds } from "./progress.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)}`;

/** The interval of a figure, or nothing where there are too few subjects for one. */
function intervalText(interval: Interval): string {
  const bounds = boundsOf(interval);
  return bounds === null ? "" : ` [${bounds.map(percent).join(", ")}]`;
}

/** One line of the table: means over runs where there are several, else the only run's figures. */
function line(row: RowSummary, width: number): string {
  const name = row.name.padEnd(width);
  if (row.metrics === undefined) return `  ${name}  failed: ${row.failed}`;
  const cells = (["accuracy", "uf1", "uar"] as const).map((metric) => {
    const { before, after, runs } = row.metrics![metric];
    const [from, to] = runs ? [runs.before.mean, runs.after.mean] : [before.estimate, after.estimate];
    const change = row.shots === 0 ? "" : `${percent(from).padStart(5)} → `;
    const interval = runs ? ` ± ${percent(runs.after.half)}` : intervalText(after);
    return `${change}${percent(to).padStart(5)}${interval}`.padEnd(36);
  });
  return `  ${name}  ${cells.join("")}${formatSeconds(row.secondsPerTraining!)}`;
}

/** The first run's figure beside its gain, which the means over runs leave open. */
function runsLine(row: RowSummary): string {
  const { name, shots } = row;
  const { after, runs } = row.metrics!.accuracy;
  const gain = shots === 0
    ? ""
    : `gain over runs ${signed(runs!.gain.mean)} ± ${percent(runs!.gain.half)} points of accuracy; `;
  return `  ${name}: ${gain}first run ${percent(after.estimate)}${intervalText(after)}`;
}

function signed(share: number): string {
  return `${share > 0 ? "+" : ""}${percent(share)}`;
}

/**
 * A protocol's table as the terminal shows it.
 *
 * @param summary The table.
 * @returns Lines.
 */
export function studyLines(summary: StudySummary): string[] {
  const { rows } = summary;
  const people = summary.resampled ?? "subjects";
  const width = Math.max(...rows.map((row) => row.name.length));
  const done = rows.filter((row) => row.metrics !== undefined);
  const several = done.some((row) => row.metrics!.accuracy.runs !== undefined);
  const short = done.some((row) => boundsOf(row.metrics!.accuracy.after) === null);
  const bounds = several ? " ± 95 %" : short ? "" : " [95 %]";
  const lines = [`\n${summary.summary}`, ...summary.notes.map((note) => `Note: ${note}`)];
  if (several) lines.push("Figures are means over runs ± half of their 95 % interval.");
  lines.push(
    `\n  ${"".padEnd(width)}  ${
      ["accuracy %", "UF1 %", "UAR %"].map((name) => `${name}, before → after${bounds}`.padEnd(36)).join("")
    }a training`,
    ...rows.map((row) => line(row, width)),
  );
  if (several) {
    lines.push(`\n  Accuracy of the first run${short ? "" : ` [95 % over resampled ${people}]`}:`);
    lines.push(...done.map(runsLine));
  }
  if (short) lines.push(`  ${tooFew(people)}`);
  for (const row of rows) {
    for (const { database, clips, before, after } of row.databases ?? []) {
      const figure = (metric: "uf1" | "uar") =>
        `${row.shots === 0 ? "" : `${percent(before[metric])} → `}${percent(after[metric])}`;
      lines.push(
        `  ${row.name}, ${database} (${clips} clips${several ? ", first run" : ""}): UF1 ${figure("uf1")}, UAR ${
          figure("uar")
        }`,
      );
    }
  }
  return lines;
}
