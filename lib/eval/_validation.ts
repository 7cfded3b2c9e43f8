import * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw_plot.ts";
import { escapeHtml, percent } from "./_html.ts";
import { stepAxis } from "./_plots.ts";
import type { SelectionData } from "./selection_data.ts";
import type { RowSummary } from "./study_report_data.ts";

/** Whether any θ was chosen on validation subjects. */
export function isSelected(rows: readonly RowSummary[]): boolean {
  return rows.some(({ selection }) => selection !== undefined);
}

/** Scores on validation subjects over outer steps; a dot at the step of each line's best mean. */
export function validationPlot(
  selections: readonly SelectionData[],
  color: (index: number) => string = () => "var(--after)",
): string {
  const marks = selections.flatMap(({ curve, steps }, i) => {
    // Of one training the dot is the chosen θ itself.
    const chosen = steps.length === 1 ? curve.filter(({ step }) => step === steps[0]) : [];
    return [
      Plot.lineY(curve, { x: "step", y: "score", stroke: color(i), strokeWidth: 1.8 }),
      Plot.dot(curve, { x: "step", y: "score", r: 2, fill: color(i) }),
      Plot.dot(chosen, { x: "step", y: "score", r: 6, stroke: color(i), strokeWidth: 2 }),
    ];
  });
  const points = selections.flatMap(({ curve }) => curve.map(({ step }) => ({ step, loss: 0, accuracy: 0 })));
  return drawPlot("UF1 on validation subjects over outer steps", {
    width: 440,
    height: 230,
    marginTop: 34,
    marginLeft: 44,
    marginBottom: 42,
    x: stepAxis(points),
    y: { label: "UF1 on validation subjects, %", grid: true, domain: [0, 100], percent: true },
    marks: [Plot.ruleY([0]), ...marks],
  });
}

/** What was scored, in words. */
export function scoredWords({ shots }: SelectionData): string {
  return shots === 0 ? "θ as it is" : `after calibration with up to ${shots} clip${shots === 1 ? "" : "s"} a class`;
}

/** Chosen steps of every row, one a fold. */
export function validationTable(rows: readonly RowSummary[]): string {
  const body = rows.flatMap(({ name, selection }) => {
    if (selection === undefined) return [];
    const { steps, score } = selection;
    const sorted = [...steps].sort((a, b) => a - b);
    const middle = sorted[Math.floor((sorted.length - 1) / 2)]!;
    const range = sorted[0] === sorted.at(-1) ? "" : ` <small>${sorted[0]} to ${sorted.at(-1)}</small>`;
    return [
      `<tr><th scope="row">${escapeHtml(name)}</th><td class="text">${scoredWords(selection)}</td>` +
      `<td>${middle}${range}</td><td>${percent(score)}</td></tr>`,
    ];
  });
  return `<div class="scroll"><table class="fixed"><thead><tr><th scope="col" class="text">Row</th>` +
    `<th scope="col" class="text">Scored</th><th scope="col">Chosen step</th><th scope="col">Its UF1 there</th></tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}
