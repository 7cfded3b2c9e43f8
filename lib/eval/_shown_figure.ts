import { FEWEST_SUBJECTS } from "./fewest_subjects.ts";
import type { RowMetric, RowSummary } from "./study_report_data.ts";

/** The figure that stands for a row; without bounds when they would mean nothing. */
export interface ShownFigure {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Whether the subjects of a row are enough for an interval over them. */
export function enoughSubjects({ subjects }: Pick<RowSummary, "subjects">): boolean {
  return subjects === undefined || subjects.length >= FEWEST_SUBJECTS;
}

/** The mean over runs where there are several, else the only run's figure; with its interval. */
export function shownFigure(row: RowSummary, metric: RowMetric, side: "before" | "after"): ShownFigure {
  if (metric.runs !== undefined) {
    const { mean, half } = metric.runs[side];
    return { value: mean, low: mean - half, high: mean + half };
  }
  const { estimate, low, high } = metric[side];
  return enoughSubjects(row) ? { value: estimate, low, high } : { value: estimate };
}
