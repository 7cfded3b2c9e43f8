import { escapeHtml, percent, points } from "./_html.ts";
import { shownFigure } from "./_shown_figure.ts";
import type { RowSummary } from "./study_report_data.ts";

/** Mean accuracy after calibration over the kinds of corruption, and what it lost, by algorithm and share. */
export function corruptionTable(rows: readonly RowSummary[]): string {
  const accuracy = (row: RowSummary) => shownFigure(row.metrics!.accuracy, "after").value;
  const placed = rows.filter((row) => row.metrics !== undefined && row.x !== undefined && row.series !== undefined);
  const lines = placed.filter((row) => row.x === 0).flatMap((clean) => {
    const own = placed.filter((row) => row.series!.startsWith(`${clean.series}, `));
    return [...new Set(own.map((row) => row.x!))].sort((a, b) => a - b).map((share) => {
      const these = own.filter((row) => row.x === share);
      const mean = these.reduce((sum, row) => sum + accuracy(row), 0) / these.length;
      return `<tr><th scope="row">${escapeHtml(clean.series!)}</th><td>${
        (100 * share).toFixed(0)
      } %</td><td>${these.length}</td>` +
        `<td>${percent(accuracy(clean))}</td><td>${percent(mean)}</td><td>${points(mean - accuracy(clean))}</td></tr>`;
    });
  });
  if (lines.length === 0) return "";
  return `<h3>Mean over the kinds of corruption</h3>
<div class="scroll"><table class="fixed"><thead><tr><th scope="col" class="text">Algorithm</th><th scope="col">Corrupted</th>` +
    `<th scope="col">Kinds</th><th scope="col">Accuracy, clean</th><th scope="col">Accuracy</th><th scope="col">Change, points</th></tr></thead><tbody>
${lines.join("\n")}
</tbody></table></div>`;
}
