import { boundsOf } from "./bounds_of.ts";
import type { RowMetric, RowSummary } from "./study_report_data.ts";

/** The figure that stands for a row; without bounds when they would mean nothing. */
export interface ShownFigure {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Whether the subjects of a row are enough for an interval over them; so in a row without figures. */
export function isBounded({ metrics }: Pick<RowSummary, "metrics">): boolean {
  return metrics === undefined || boundsOf(metrics.accuracy.after) !== null;
}

/** The mean over runs where there are several, else the only run's figure; with its interval. */
export function shownFigure(metric: RowMetric, side: "before" | "after"): ShownFigure {
  if (metric.runs !== undefined) {
    const { mean, half } = metric.runs[side];
    return { value: mean, low: mean - half, high: mean + half };
  }
  const bounds = boundsOf(metric[side]);
  const value = metric[side].estimate;
  return bounds === null ? { value } : { value, low: bounds[0], high: bounds[1] };
}
