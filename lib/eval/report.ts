import { confusion } from "./_confusion.ts";
import { environmentAndConfiguration } from "./_facts.ts";
import { chance, percent, points } from "./_html.ts";
import { page } from "./_page.ts";
import { curvePlot, movingWindow } from "./_plots.ts";
import { subjects } from "./_subjects.ts";
import { boundsOf } from "./bounds_of.ts";
import { sideOf } from "./_study_table.ts";
import { tooFew } from "./too_few.ts";
import { scoredWords, validationPlot } from "./_validation.ts";
import type { Interval } from "./metrics.ts";
import type { ReportData, ReportMetric } from "./report_data.ts";

/**
 * Renders the report of a training run as one HTML page that needs no network and no script.
 *
 * Headline figures before and after calibration with their gain and its interval, learning curve, every held-out
 * subject, confusion matrices, configuration, environment, and a word of caution. All text is escaped.
 *
 * @param data What the run found. Shares are 0 to 1; confusion counts are `[N][N]`, N classes.
 * @returns The page, a complete document in UTF-8.
 * @throws {TypeError} When a confusion matrix is not N by N.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderReport } from "./mod.ts";
 * const metric = { before: 0.5, after: 0.7, gain: { estimate: 0.2, mean: 0.2, low: 0.1, high: 0.3 } };
 * const page = renderReport({
 *   title: "A run",
 *   created: "2026-01-02T03:04:05Z",
 *   protocol: "One subject was held out.",
 *   metrics: { accuracy: metric, uf1: metric, uar: metric },
 *   curve: [{ step: 1, loss: 1.1, accuracy: 0.3 }, { step: 2, loss: 0.9, accuracy: 0.5 }],
 *   subjects: [{ name: "synthetic/s01", clips: 10, before: 0.5, after: 0.7 }],
 *   classes: ["negative", "positive"],
 *   confusion: { before: [[3, 2], [3, 2]], after: [[4, 1], [2, 3]] },
 *   config: { alpha: 0.2 },
 *   environment: { backend: "wasm", why: "No GPU.", deno: "2.9.6", seconds: 12, peakRssBytes: 3e8 },
 * });
 * assertStringIncludes(page, "70.0 %");
 * ```
 */
export function renderReport(data: ReportData): string {
  const { title, created, protocol, classes } = data;
  // Random tasks are what the classical few-shot protocol evaluates.
  const tasks = data.config.shuffleLabels === true;
  return page(
    { title, created, summary: protocol },
    `<h2>Results on ${tasks ? "tasks of held-out subjects" : "held-out subjects"}</h2>
${headline(data)}
<h2>Learning curve</h2>
${learningCurve(data)}
<h2>Each ${tasks ? "task" : "held-out subject"}</h2>
${subjects(data.subjects, tasks ? "task" : "subject")}
<h2>Confusion</h2>
<p class="soft">Rows: the true class; columns: the prediction. Clips, and their share of the row.</p>
<div class="${classes.length > 4 ? "stack" : "pair"}">
${confusion("Before calibration", classes, data.confusion.before)}
${confusion("After calibration", classes, data.confusion.after)}
</div>
${environmentAndConfiguration(data.environment, data.config)}`,
  );
}

function headline(data: ReportData): string {
  const rows: [string, string, ReportMetric][] = [
    ["Accuracy", "share of clips", data.metrics.accuracy],
    ["UF1", "mean F1 of the classes", data.metrics.uf1],
    ["UAR", "mean recall of the classes", data.metrics.uar],
  ];
  const supervised = rows.some(([, , metric]) => metric.supervised !== undefined);
  const enough = boundsOf(data.metrics.accuracy.gain) !== null;
  const people = data.config.shuffleLabels === true ? "tasks" : "subjects";
  // Coloured only when the printed interval leaves zero out.
  const worse = (gain: Interval) => sideOf(boundsOf(gain)) === "less";
  const bounds = (gain: Interval) => {
    const both = boundsOf(gain);
    return both === null ? "" : ` <small>[${both.map(points).join(", ")}]</small>`;
  };
  const cell = (label: string, share: number | undefined) =>
    `<td data-label="${label}">${share === undefined ? "–" : percent(share)}</td>`;
  const body = rows.map(([name, meaning, { before, after, gain, supervised: plain, fineTuned }]) =>
    `<tr><th scope="row">${name} <small>${meaning}</small></th><td data-label="Before">${percent(before)}</td>` +
    `<td class="strong" data-label="After">${percent(after)}</td>` +
    `<td data-label="Gain"${worse(gain) ? ' class="worse"' : ""}>${points(gain.estimate)}${bounds(gain)}</td>` +
    `${supervised ? cell("Supervised", plain) + cell("Fine-tuned", fineTuned) : ""}</tr>`
  ).join("\n");
  const open = rows.filter(([, , { gain }]) => sideOf(boundsOf(gain)) === null).map(([name]) => name);
  const note = !enough
    ? `. ${tooFew(people)}`
    : `, with the 95 % interval of a bootstrap over ${data.subjects.length} ${people}.` +
      (open.length === 0 ? "" : ` The interval of ${open.join(", ")} holds zero: no gain or loss is shown there.`);
  return `<div class="scroll"><table class="headline">
<thead><tr><th scope="col" class="text">Metric</th><th scope="col">Before calibration</th><th scope="col">After calibration</th>` +
    `<th scope="col">Gain, points${enough ? " [95 %]" : ""}</th>${
      supervised ? '<th scope="col">Plain supervised</th><th scope="col">Supervised, fine-tuned</th>' : ""
    }</tr></thead>
<tbody>
${body}
</tbody></table></div>
<p class="soft">Gain: after minus before${note} ${chance(data.classes)}</p>`;
}

/** Says what the strong line is, where there is one. */
function strong(curve: ReportData["curve"], what: "loss" | "accuracy"): string {
  return movingWindow(curve, what) > 1 ? "; strong: moving mean" : "";
}

function learningCurve({ curve, selection }: ReportData): string {
  if (curve.length === 0) return "<p>No outer step was taken.</p>";
  return `<div class="pair">
<figure>${curvePlot(curve, "loss")}<figcaption>Query loss after adaptation, on training tasks${
    strong(curve, "loss")
  }</figcaption></figure>
<figure>${curvePlot(curve, "accuracy")}<figcaption>Query accuracy after adaptation, on training tasks${
    strong(curve, "accuracy")
  }</figcaption></figure>
</div>${
    selection === undefined
      ? ""
      : `\n<figure>${validationPlot([selection])}<figcaption>UF1 on validation subjects, ${
        scoredWords(selection)
      }; circled: step ${selection.steps[0]}, whose θ is taken (${percent(selection.score)})</figcaption></figure>`
  }`;
}
