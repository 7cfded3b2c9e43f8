import { escapeHtml, percent } from "./_html.ts";
import { accuracy, type ConfusionMatrix } from "./metrics.ts";
import type { FoldSummary, RowSummary } from "./study_report_data.ts";

/** More classes than this make lines that nobody reads; the data have them all the same. */
const MOST_CLASSES = 6;

/** A fold by those who were held out: their names where they are few. */
function nameOf({ heldout }: FoldSummary, fold: number): string {
  const names = heldout.length <= 3
    ? heldout.join(", ")
    : `${heldout.slice(0, 2).join(", ")} and ${heldout.length - 2} more`;
  return `<th scope="row" title="${escapeHtml(heldout.join(", "))}">${fold + 1}: ${escapeHtml(names)}</th>`;
}

function cells(matrix: ConfusionMatrix): string {
  return matrix.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, p) =>
      `<td class="shade${p === 0 ? " first" : ""}" style="--share:${(total > 0 ? count / total : 0).toFixed(2)}">${
        total > 0 ? count : "·"
      }</td>`
    ).join("");
  }).join("");
}

/** The confusion of every fold of a row, a line each; empty where there is one fold, or too many classes for lines. */
export function foldConfusions({ folds = [], shots }: RowSummary, classes: readonly string[]): string {
  if (folds.length < 2 || classes.length > MOST_CLASSES) return "";
  const truth = classes.map((name) =>
    `<th scope="colgroup" colspan="${classes.length}" class="first">${escapeHtml(name)}</th>`
  );
  const said = classes.map(() =>
    classes.map((name, p) => `<th scope="col"${p === 0 ? ' class="first"' : ""}>${escapeHtml(name)}</th>`).join("")
  );
  const lines = folds.map((fold, i) => {
    const { after } = fold.confusion;
    const clips = after.flat().reduce((sum, count) => sum + count, 0);
    return `<tr>${nameOf(fold, i)}<td>${clips}</td><td>${percent(accuracy(after))}</td>${cells(after)}</tr>`;
  });
  return `<details><summary>By fold${shots > 0 ? ", after calibration" : ""}</summary>
<p class="soft">A line a fold: below each true class, how often each class was predicted. A dot: the fold has no clip of that class.</p>
<div class="scroll"><table class="folds">
<thead><tr><td colspan="3" class="text">true class</td>${truth.join("")}</tr>
<tr><th scope="col" class="text">Fold: held out</th><th scope="col">Clips</th><th scope="col">Accuracy</th>${
    said.join("")
  }</tr></thead>
<tbody>
${lines.join("\n")}
</tbody></table></div></details>`;
}
