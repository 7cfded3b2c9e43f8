import { chance, duration, escapeHtml, percent, points } from "./_html.ts";
import { boundsOf } from "./bounds_of.ts";
import type { Interval } from "./metrics.ts";
import { isBounded } from "./_shown_figure.ts";
import { tooFew } from "./too_few.ts";
import type { DatabaseSummary, MeanInterval, MetricName, RowMetric, RowSummary } from "./study_report_data.ts";

/** Metrics of every table, in order. */
export const METRIC_NAMES: readonly (readonly [MetricName, string])[] = [
  ["accuracy", "Accuracy"],
  ["uf1", "UF1"],
  ["uar", "UAR"],
  ["macroF1", "Macro F1"],
];

/** A share as percent without the sign, for cells that hold several. */
function bare(share: number): string {
  return Number.isFinite(share) ? (100 * share).toFixed(1) : "–";
}

function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Digits in groups of three. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** "more" or "less" when an interval leaves zero out as it is printed, with one decimal of a point. */
export function sideOf(bounds: readonly [number, number] | null): "more" | "less" | null {
  if (bounds === null) return null;
  const [low, high] = bounds;
  const printed = (share: number) => Number((100 * share).toFixed(1));
  return printed(low) > 0 ? "more" : printed(high) < 0 ? "less" : null;
}

/** A signed difference with its interval, marked when the interval leaves zero out. */
function difference(label: string, interval: Interval): string {
  const bounds = boundsOf(interval);
  const side = sideOf(bounds);
  return `<small${side ? ` class="${side}"` : ""}>${label} ${points(interval.estimate)}${
    bounds === null ? "" : ` [${bounds.map(points).join(", ")}]`
  }</small>`;
}

/** The same over runs. */
function runsDifference(label: string, { mean, half }: MeanInterval): string {
  const side = sideOf([mean - half, mean + half]);
  return `<small${side ? ` class="${side}"` : ""}>${label} ${points(mean)} ± ${bare(half)}</small>`;
}

function metricCell(row: RowSummary, { before, after, gain, beyondFirst, runs }: RowMetric): string {
  const change = row.shots > 0;
  const own = boundsOf(after);
  const bounds = own === null ? "" : ` [${own.map(bare).join(", ")}]`;
  if (runs) {
    const over = ({ mean, half }: MeanInterval) => `${bare(mean)} ± ${bare(half)}`;
    return `<td>${change ? `${over(runs.before)} → ` : ""}<strong>${over(runs.after)}</strong>${
      change ? runsDifference("gain", runs.gain) : ""
    }${runs.beyondFirst ? runsDifference("to ◆", runs.beyondFirst) : ""}<small>first run ${
      change ? `${bare(before.estimate)} → ` : ""
    }${bare(after.estimate)}${bounds}</small></td>`;
  }
  const lines = [`${change ? `${bare(before.estimate)} → ` : ""}<strong>${bare(after.estimate)}</strong>`];
  if (own !== null) lines.push(`<small>95 %${bounds}</small>`);
  if (change) lines.push(difference("gain", gain));
  if (beyondFirst) lines.push(difference("to ◆", beyondFirst));
  return `<td>${lines.join("")}</td>`;
}

/** Whether others of its group and as many shots are compared with this row: the first that did not fail. */
function isReference(row: RowSummary, rows: readonly RowSummary[]): boolean {
  const same = rows.filter(({ shots, group, metrics }) =>
    shots === row.shots && group === row.group && metrics !== undefined
  );
  return same.length > 1 && same[0] === row;
}

function rowLine(row: RowSummary, rows: readonly RowSummary[]): string {
  const mark = isReference(row, rows)
    ? '&nbsp;<span title="others of the same K are compared with this row">◆</span>'
    : "";
  const name = `<th scope="row">${escapeHtml(row.name)}${mark}</th>`;
  const { metrics, trainSeconds, secondsPerTraining, parameters, bytes } = row;
  if (metrics === undefined) {
    return `<tr>${name}<td class="failed" colspan="${METRIC_NAMES.length + 2}">No figures. ${
      escapeHtml(row.failed ?? "")
    }</td></tr>`;
  }
  const cells = METRIC_NAMES.map(([metric]) => metricCell(row, metrics[metric])).join("");
  const time = secondsPerTraining === undefined ? "–" : duration(secondsPerTraining);
  const all = trainSeconds === undefined ? "" : `<small>all ${duration(trainSeconds)}</small>`;
  const size = parameters === undefined ? "–" : grouped(parameters);
  const memory = bytes === undefined ? "" : `<small>${bytesText(bytes)}</small>`;
  return `<tr>${name}${cells}<td>${time}${all}</td><td>${size}${memory}</td></tr>`;
}

/** Whether the rows stand for several runs. */
export function overRuns(rows: readonly RowSummary[]): boolean {
  return rows.some((row) => row.metrics?.accuracy.runs !== undefined);
}

/** Every row of a protocol: metrics with their intervals, times and sizes; rows that failed say why. */
export function rowsTable(
  rows: readonly RowSummary[],
  { people, classes }: { readonly people: "subjects" | "tasks"; readonly classes: readonly string[] },
): string {
  const calibrated = rows.some((row) => row.shots > 0);
  const compared = rows.some((row) => isReference(row, rows));
  const several = overRuns(rows);
  const few = !rows.every(isBounded);
  const key = [
    calibrated
      ? "<strong>Before → after</strong> calibration; rows without calibration have one figure. K: up to so many " +
        "calibration clips a class, never a person's last one."
      : "One figure a row: nothing is calibrated.",
    ...(several
      ? [
        "± : half of the 95 % interval of the mean over runs (Student's t). First run: its figure" +
        (few ? "." : ` [95 %: interval over resampled ${people}].`),
      ]
      : few
      ? []
      : [`95 %: interval of the last figure over resampled ${people}.`]),
    ...(few ? [tooFew(people)] : []),
    ...(calibrated ? ["Gain: after minus before, points, with its interval."] : []),
    ...(compared
      ? [
        `To ◆: this row's last figure minus that of the row with ◆ of the same ${
          rows.some(({ group }) => group !== undefined) ? "algorithm" : "K"
        }, same ${people}.`,
      ]
      : []),
    "Coloured differences have printed intervals that leave zero out. Training: the mean of one, and all of a row.",
  ];
  const below = [
    chance(classes),
    ...(rows.length > 2 ? ["Many rows are compared without correction for multiple comparison."] : []),
  ];
  return `<p class="soft">${key.join(" ")}</p>
<div class="scroll"><table class="rows">
<thead><tr><th scope="col" class="text">Row</th>${
    METRIC_NAMES.map(([, label]) => `<th scope="col">${label}, %</th>`).join("")
  }<th scope="col">Training</th><th scope="col">Parameters</th></tr></thead>
<tbody>
${rows.map((row) => rowLine(row, rows)).join("\n")}
</tbody></table></div>
<p class="soft">${below.join(" ")}</p>`;
}

/** Every row by database; empty when no row has several. */
export function databasesTable(rows: readonly RowSummary[]): string {
  const split = rows.filter((row) => row.databases !== undefined);
  if (split.length === 0) return "";
  const figures = ({ before, after }: DatabaseSummary, shots: number) =>
    METRIC_NAMES.map(([metric]) =>
      `<td>${shots === 0 ? "" : `${bare(before[metric])} → `}<strong>${bare(after[metric])}</strong></td>`
    ).join("");
  const body = split.flatMap((row) =>
    row.databases!.map((one, i) =>
      `<tr>${
        i === 0 ? `<th scope="rowgroup" rowspan="${row.databases!.length}">${escapeHtml(row.name)}</th>` : ""
      }<td class="text">${escapeHtml(one.database)}</td><td>${one.clips}</td>${figures(one, row.shots)}</tr>`
    )
  );
  return `<h2>By database</h2>
<p class="soft">Clips of one database out of the same predictions${
    overRuns(rows) ? ", of the first run" : ""
  }, percent.</p>
<div class="scroll"><table class="rows">
<thead><tr><th scope="col" class="text">Row</th><th scope="col" class="text">Database</th><th scope="col">Clips</th>${
    METRIC_NAMES.map(([, label]) => `<th scope="col">${label}</th>`).join("")
  }</tr></thead>
<tbody>
${body.join("\n")}
</tbody></table></div>`;
}

/** Accuracy after calibration of each subject in each row. */
export function subjectsTable(rows: readonly RowSummary[]): string {
  const done = rows.filter((row) => row.subjects !== undefined);
  const names = [...new Set(done.flatMap((row) => row.subjects!.map((one) => one.name)))].sort();
  const known = done.map((row) => new Map(row.subjects!.map((one) => [one.name, one])));
  const body = names.map((name) => {
    const cells = known.map((subjects) => {
      const one = subjects.get(name);
      if (one === undefined) return "<td>–</td>";
      return `<td class="shade" style="--share:${one.after.toFixed(3)}">${
        percent(one.after)
      } <small>of ${one.clips}</small></td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table class="fixed shaded"><thead><tr><th scope="col" class="text">Subject</th>${
    done.map((row) => `<th scope="col">${escapeHtml(row.name)}</th>`).join("")
  }</tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}
