import * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw_plot.ts";
import type { ReportStep, ReportSubject } from "./report_data.ts";

/** Points that a curve of the page's width can show. */
const CURVE_POINTS = 240;

/** Means of equal runs of steps, so that a long training does not make a page of megabytes. */
export function thin(curve: readonly ReportStep[]): ReportStep[] {
  const run = Math.ceil(curve.length / CURVE_POINTS);
  const out: ReportStep[] = [];
  for (let i = 0; i < curve.length; i += run) {
    const part = curve.slice(i, i + run);
    const mean = (value: (step: ReportStep) => number) =>
      part.reduce((sum, step) => sum + value(step), 0) / part.length;
    out.push({ step: part.at(-1)!.step, loss: mean((step) => step.loss), accuracy: mean((step) => step.accuracy) });
  }
  return out;
}

/** Points of the moving mean of a curve as it is drawn; 1: there is none. */
export function movingWindow(curve: readonly ReportStep[], what: "loss" | "accuracy"): number {
  return Math.max(1, Math.round(thin(curve.filter((step) => Number.isFinite(step[what]))).length / 12));
}

/** The axis of outer steps, ticks at whole steps. */
export function stepAxis(data: readonly ReportStep[]): Plot.ScaleOptions {
  const steps = [...new Set(data.map(({ step }) => step))].sort((a, b) => a - b);
  const range = (steps.at(-1) ?? 0) - (steps[0] ?? 0);
  return {
    label: "outer step",
    ...(range < 8 && { ticks: steps }),
    tickFormat: (step: number) => String(step),
  };
}

/** Loss or accuracy over outer steps: the values faint, their moving mean strong. */
export function curvePlot(curve: readonly ReportStep[], what: "loss" | "accuracy"): string {
  const data = thin(curve.filter((step) => Number.isFinite(step[what])));
  const k = movingWindow(curve, what);
  const y = what;
  const lines = [
    Plot.lineY(data, { x: "step", y, stroke: "var(--after)", strokeOpacity: k > 1 ? 0.35 : 1 }),
    ...(k > 1 ? [Plot.lineY(data, Plot.windowY(k, { x: "step", y, stroke: "var(--after)", strokeWidth: 2.2 }))] : []),
  ];
  const last = data.at(-1);
  const value = last === undefined ? "" : `, ${last[what].toPrecision(3)} at step ${last.step}`;
  return drawPlot(`Query ${what} over outer steps${value}`, {
    width: 440,
    height: 230,
    marginTop: 34,
    marginLeft: 44,
    marginBottom: 42,
    x: stepAxis(data),
    y: what === "loss"
      ? { label: "query loss", grid: true, zero: true, nice: true }
      : { label: "query accuracy, %", grid: true, domain: [0, 100], percent: true },
    marks: [Plot.ruleY([0]), ...lines],
  });
}

/** One row a subject: an open dot before, a filled one after, a line between. */
export function subjectPlot(subjects: readonly ReportSubject[]): string {
  const rows = [...subjects].sort((a, b) => b.after - a.after || b.before - a.before || (a.name < b.name ? -1 : 1));
  const color = (row: ReportSubject) => row.after < row.before ? "var(--worse)" : "var(--after)";
  const longest = Math.max(0, ...rows.map((row) => row.name.length));
  return drawPlot("Accuracy of each held-out subject before and after calibration", {
    width: 640,
    height: 76 + 20 * rows.length,
    marginLeft: Math.min(260, 16 + 7 * longest),
    marginTop: 46,
    x: { label: "accuracy, %", domain: [0, 100], percent: true, grid: true, axis: "top" },
    y: { label: null, domain: rows.map((row) => row.name), type: "point" },
    marks: [
      Plot.link(rows, { x1: "before", x2: "after", y1: "name", y2: "name", stroke: color, strokeWidth: 2.5 }),
      Plot.dot(rows, { x: "before", y: "name", r: 4.5, stroke: "var(--before)", strokeWidth: 2, fill: "var(--page)" }),
      Plot.dot(rows, { x: "after", y: "name", r: 4.5, fill: color }),
    ],
  });
}
