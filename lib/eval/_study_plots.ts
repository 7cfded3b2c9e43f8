import * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw_plot.ts";
import { escapeHtml } from "./_html.ts";
import { stepAxis, thin } from "./_plots.ts";
import { SERIES } from "./_study_style.ts";
import { shownFigure } from "./_shown_figure.ts";
import { METRIC_NAMES, overRuns } from "./_study_table.ts";
import { isSelected, validationPlot, validationTable } from "./_validation.ts";
import type { ReportStep } from "./report_data.ts";
import type { SelectionData } from "./selection_data.ts";
import type { MetricName, RowSummary } from "./study_report_data.ts";

/** A point of a sensitivity plot. */
interface Point {
  readonly x: number;
  readonly before: number;
  readonly after: number;
  /** Absent where an interval would mean nothing. */
  readonly low?: number;
  readonly high?: number;
}

/** Rows joined by a line. */
interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

const color = (index: number) => `var(--s${index % SERIES})`;

/** Names of lines with their colours. */
function legend(names: readonly string[], dashed?: string): string {
  const keys = names.map((name, i) =>
    `<span><span class="line" style="border-color:${color(i)}"></span>${escapeHtml(name)}</span>`
  );
  if (dashed !== undefined) keys.push(`<span><span class="line dashed"></span>${escapeHtml(dashed)}</span>`);
  return `<div class="legend">${keys.join("")}</div>`;
}

/** The rows that have a place in a plot, by series. A series of one point begins those named after it. */
function seriesOf(rows: readonly RowSummary[], metric: MetricName): Series[] {
  const groups = new Map<string, Point[]>();
  for (const row of rows) {
    const { x, series = "", metrics } = row;
    if (x === undefined || metrics === undefined) continue;
    const { value: before } = shownFigure(metrics[metric], "before");
    const { value: after, ...bounds } = shownFigure(metrics[metric], "after");
    const point = { x, before, after, ...bounds };
    groups.set(series, [...(groups.get(series) ?? []), point]);
  }
  const starts = [...groups].filter(([name, points]) =>
    points.length === 1 && [...groups.keys()].some((other) => other.startsWith(`${name}, `))
  );
  return [...groups].filter(([name]) => !starts.some(([start]) => start === name)).map(([name, points]) => {
    const start = starts.find(([start]) => name.startsWith(`${start}, `))?.[1] ?? [];
    return { name, points: [...start, ...points].sort((a, b) => a.x - b.x) };
  });
}

/** What a protocol varies along the axis. */
const AXES: Readonly<Record<string, string>> = {
  lambda: "λ1 (λ2 = 1 − λ1)",
  steps: "inner steps of the calibration",
  noise: "share of corrupted clips, %",
  fewshot: "K, calibration clips a class",
};

function sensitivityPlot(all: readonly Series[], label: string, axis: string, percentX: boolean): string {
  const scale = percentX ? 100 : 1;
  const ticks = [...new Set(all.flatMap(({ points }) => points.map(({ x }) => x * scale)))].sort((a, b) => a - b);
  const range = (ticks.at(-1)! - ticks[0]!) || 1;
  const marks = all.flatMap(({ points }, i) => {
    // Beside each other, so that intervals do not hide behind intervals.
    const options = { dx: (i - (all.length - 1) / 2) * 4, stroke: color(i) };
    const data = points.map((point) => ({
      x: point.x * scale,
      before: 100 * point.before,
      after: 100 * point.after,
      // An interval over runs can reach beyond what a share can be.
      ...(point.low !== undefined && point.high !== undefined &&
        { low: 100 * Math.max(0, point.low), high: 100 * Math.min(1, point.high) }),
    }));
    return [
      ...(all.length <= 3
        ? [Plot.lineY(data, { x: "x", y: "before", strokeDasharray: "4 4", strokeOpacity: 0.7, ...options })]
        : []),
      Plot.ruleX(data.filter((point) => "low" in point), {
        x: "x",
        y1: "low",
        y2: "high",
        strokeOpacity: 0.55,
        strokeWidth: 1.5,
        ...options,
      }),
      Plot.lineY(data, { x: "x", y: "after", strokeWidth: 2, ...options }),
      Plot.dot(data, { x: "x", y: "after", r: 3.5, ...options, fill: color(i) }),
    ];
  });
  return drawPlot(`${label} over ${axis}`, {
    width: 440,
    height: 280,
    marginTop: 34,
    marginLeft: 44,
    marginBottom: 42,
    x: {
      label: axis,
      ticks,
      tickFormat: (x: number) => String(x),
      domain: [ticks[0]! - range / 20, ticks.at(-1)! + range / 20],
    },
    y: { label: `${label}, %`, grid: true, nice: true },
    marks,
  });
}

/** Accuracy, UF1 and UAR over what a protocol varies; empty when its rows have no such places. */
export function sensitivity(protocol: string, rows: readonly RowSummary[], people: string): string {
  const axis = AXES[protocol] ?? "x";
  const shown = METRIC_NAMES.slice(0, 3).map(([metric, label]) => ({ label, all: seriesOf(rows, metric) }));
  const first = shown[0]!.all;
  if (new Set(first.flatMap(({ points }) => points.map(({ x }) => x))).size < 2) return "";
  const bounded = first.some(({ points }) => points.some(({ low }) => low !== undefined));
  const intervals = overRuns(rows)
    ? ": mean over runs with its 95 % interval"
    : bounded
    ? `, with 95 % intervals over resampled ${people}`
    : `; too few ${people} for an interval`;
  const dashed = first.length <= 3 ? "before calibration" : undefined;
  return `<h2>Sensitivity</h2>
<p class="soft">After calibration${intervals}.</p>
${legend(first.map(({ name }) => name || "rows"), dashed)}
<div class="plots">
${
    shown.map(({ label, all }) => `<figure>${sensitivityPlot(all, label, axis, protocol === "noise")}</figure>`).join(
      "\n",
    )
  }
</div>`;
}

/** Different curves, each with the names of the rows that read the same trainings. */
function distinctCurves(rows: readonly RowSummary[]): { name: string; curve: readonly ReportStep[] }[] {
  const known = new Map<string, { names: string[]; curve: readonly ReportStep[] }>();
  for (const { name, curve } of rows) {
    if (curve === undefined || curve.length === 0) continue;
    const key = JSON.stringify(curve);
    const same = known.get(key);
    if (same) same.names.push(name);
    else known.set(key, { names: [name], curve });
  }
  return [...known.values()].map(({ names, curve }) => ({
    name: names.length > 3 ? `${names[0]} and ${names.length - 1} more rows` : names.join("; "),
    curve,
  }));
}

function curvesPlot(curves: readonly (readonly ReportStep[])[], what: "loss" | "accuracy"): string {
  const lines = curves.map((curve, i) =>
    Plot.lineY(thin(curve.filter((step) => Number.isFinite(step[what]))), {
      x: "step",
      y: what,
      stroke: color(i),
      strokeWidth: 1.8,
    })
  );
  return drawPlot(`Query ${what} over outer steps`, {
    width: 440,
    height: 220,
    marginTop: 34,
    marginLeft: 44,
    marginBottom: 42,
    x: stepAxis(curves.flat()),
    y: what === "loss"
      ? { label: "query loss", grid: true, zero: true, nice: true }
      : { label: "query accuracy, %", grid: true, domain: [0, 100], percent: true },
    marks: [Plot.ruleY([0]), ...lines],
  });
}

/** Mean scores on validation subjects over folds, and the chosen steps; empty when no θ was chosen. */
export function validationCurves(rows: readonly RowSummary[]): string {
  if (!isSelected(rows)) return "";
  const known = new Map<string, { names: string[]; selection: SelectionData }>();
  for (const { name, selection } of rows) {
    if (selection === undefined) continue;
    const key = JSON.stringify(selection);
    const same = known.get(key);
    if (same) same.names.push(name);
    else known.set(key, { names: [name], selection });
  }
  const lines = [...known.values()];
  const shown = lines.slice(0, SERIES);
  return `<h2>Choice of θ on validation subjects</h2>
<p class="soft">A share of the training subjects of each fold is not trained on but scores θ (UF1 of all their clips); the best θ is taken, of
equals the earlier. Mean over the folds; the step is the median, with its range. Held-out subjects have no part in it.</p>
${legend(shown.map(({ names }) => names.join("; ")))}
<figure>${validationPlot(shown.map(({ selection }) => selection), color)}</figure>
${lines.length > shown.length ? `<p class="soft">The first ${SERIES} of ${lines.length} curves.</p>` : ""}
${validationTable(rows)}`;
}

/** Mean learning curves over folds: the first few open, more of them to unfold. */
export function learningCurves(rows: readonly RowSummary[]): string {
  const curves = distinctCurves(rows);
  if (curves.length === 0) return "<p>No outer step was taken.</p>";
  const groups = Array.from(
    { length: Math.ceil(curves.length / SERIES) },
    (_, i) => curves.slice(i * SERIES, (i + 1) * SERIES),
  );
  return groups.map((group, i) => {
    const figures = (["loss", "accuracy"] as const).map((what) =>
      `<figure>${curvesPlot(group.map(({ curve }) => curve), what)}</figure>`
    );
    const block = `${legend(group.map(({ name }) => name))}\n<div class="plots">\n${figures.join("\n")}\n</div>`;
    if (i === 0) return block;
    return `<details><summary>${group.length} more: ${escapeHtml(group[0]!.name)}${
      group.length > 1 ? " …" : ""
    }</summary>${block}</details>`;
  }).join("\n");
}
