import { escapeHtml } from "./_html.ts";
import type { ConfusionMatrix } from "./metrics.ts";

/** Counts and row shares. The caption is plain text. */
export function confusion(caption: string, classes: readonly string[], matrix: ConfusionMatrix): string {
  const n = classes.length;
  if (matrix.length !== n || matrix.some((row) => row.length !== n)) {
    const shape = `${matrix.length} by ${[...new Set(matrix.map((row) => row.length))].join("/")}`;
    throw new TypeError(`Cannot render the confusion matrix "${caption}": expected ${n} by ${n}, got ${shape}`);
  }
  const names = classes.map(escapeHtml);
  const rows = matrix.map((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count) => {
      const share = total > 0 ? count / total : 0;
      const note = total > 0 ? `<small>${Math.round(100 * share)} %</small>` : "";
      return `<td style="--share:${share.toFixed(3)}">${count}${note}</td>`;
    });
    return `<tr><th scope="row">${names[i]}</th>${cells.join("")}</tr>`;
  });
  return `<figure><div class="scroll"><table class="confusion"><thead><tr><td></td>${
    names.map((name) => `<th scope="col">${name}</th>`).join("")
  }</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}
