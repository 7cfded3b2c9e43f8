import { escapeHtml, percent, points } from "./_html.ts";
import { curvePlot, subjectPlot } from "./_plots.ts";
import { REPORT_STYLE } from "./_report_style.ts";
import type { ConfusionMatrix } from "./metrics.ts";
import type { ReportData, ReportEnvironment, ReportMetric, ReportSubject } from "./report_data.ts";

const CAUTION =
  "This model classifies small facial movements; it does not read feelings, intent or honesty. Do not use it to " +
  "judge, hire, grade, screen or police people, or to detect lies. In the European Union, inferring emotions at work " +
  "and in education is forbidden, with narrow exceptions (AI Act, Article 5(1)(f)). Use it only on people who agreed.";

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
  const title = escapeHtml(data.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p class="soft">${escapeHtml(data.created)}</p>
<p>${escapeHtml(data.protocol)}</p>
<p class="caution"><strong>Caution.</strong> ${CAUTION}</p>
<h2>Results on held-out subjects</h2>
${headline(data)}
<h2>Learning curve</h2>
${learningCurve(data)}
<h2>Each held-out subject</h2>
${subjects(data.subjects)}
<h2>Confusion</h2>
<p class="soft">Rows: the true class; columns: the prediction. Clips, and their share of the row.</p>
<div class="pair">
${confusion("Before calibration", data.classes, data.confusion.before)}
${confusion("After calibration", data.classes, data.confusion.after)}
</div>
<h2>Environment</h2>
${facts(environmentRows(data.environment))}
<h2>Configuration</h2>
${facts(flatten(data.config))}
</body>
</html>
`;
}

function headline(data: ReportData): string {
  const rows: [string, string, ReportMetric][] = [
    ["Accuracy", "share of clips", data.metrics.accuracy],
    ["UF1", "mean F1 of the classes", data.metrics.uf1],
    ["UAR", "mean recall of the classes", data.metrics.uar],
  ];
  const supervised = rows.some(([, , metric]) => metric.supervised !== undefined);
  const body = rows.map(([name, meaning, { before, after, gain, supervised: plain }]) =>
    `<tr><th scope="row">${name} <small>${meaning}</small></th><td>${percent(before)}</td>` +
    `<td class="strong">${percent(after)}</td>` +
    `<td${gain.estimate < 0 ? ' class="worse"' : ""}>${points(gain.estimate)} <small>[${points(gain.low)}, ${
      points(gain.high)
    }]</small></td>` +
    `${supervised ? `<td>${plain === undefined ? "–" : percent(plain)}</td>` : ""}</tr>`
  ).join("\n");
  const open = rows.filter(([, , { gain }]) => gain.low <= 0 && gain.high >= 0).map(([name]) => name);
  const note = open.length === 0
    ? ""
    : ` The interval of ${open.join(", ")} holds zero: no gain or loss is shown there.`;
  return `<div class="scroll"><table class="headline">
<thead><tr><th scope="col" class="text">Metric</th><th scope="col">Before calibration</th><th scope="col">After calibration</th>` +
    `<th scope="col">Gain, points [95 %]</th>${supervised ? '<th scope="col">Plain supervised</th>' : ""}</tr></thead>
<tbody>
${body}
</tbody></table></div>
<p class="soft">Gain: after minus before, with the 95 % interval of a bootstrap over ${data.subjects.length} subjects.${note}</p>`;
}

function learningCurve({ curve }: ReportData): string {
  if (curve.length === 0) return "<p>No outer step was taken.</p>";
  return `<div class="pair">
<figure>${
    curvePlot(curve, "loss")
  }<figcaption>Query loss after adaptation, on training tasks; strong: moving mean</figcaption></figure>
<figure>${
    curvePlot(curve, "accuracy")
  }<figcaption>Query accuracy after adaptation, on training tasks</figcaption></figure>
</div>`;
}

function subjects(list: readonly ReportSubject[]): string {
  if (list.length === 0) return "<p>No subject was held out.</p>";
  const better = list.filter((one) => one.after > one.before).length;
  const worse = list.filter((one) => one.after < one.before).length;
  const rows = list.map((one) =>
    `<tr><th scope="row">${escapeHtml(one.name)}</th><td>${one.clips}</td><td>${percent(one.before)}</td><td>${
      percent(one.after)
    }</td></tr>`
  ).join("\n");
  return `<p>${better} better, ${worse} worse, ${list.length - better - worse} the same.</p>
<figure>${subjectPlot(list)}<figcaption><span class="key open"></span> before <span class="key full"></span> after ` +
    `<span class="key drop"></span> after, where it got worse</figcaption></figure>
<details><summary>Figures</summary><div class="scroll"><table><thead><tr><th scope="col" class="text">Subject</th>` +
    `<th scope="col">Query clips</th><th scope="col">Before</th><th scope="col">After</th></tr></thead><tbody>
${rows}
</tbody></table></div></details>`;
}

function confusion(caption: string, classes: readonly string[], matrix: ConfusionMatrix): string {
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
</tbody></table></div><figcaption>${caption}</figcaption></figure>`;
}

function environmentRows(environment: ReportEnvironment): [string, string][] {
  const { backend, why, deno, seconds, peakRssBytes, commit, more = {} } = environment;
  const whole = Math.round(seconds);
  const minutes = `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return [
    ["backend", backend],
    ["why this backend", why],
    ["Deno", deno],
    ["duration", seconds < 59.5 ? `${seconds.toFixed(1)} s` : minutes],
    ["peak memory", `${(peakRssBytes / 2 ** 20).toFixed(0)} MiB`],
    ...(commit === undefined ? [] : [["commit", commit] as [string, string]]),
    ...Object.entries(more),
  ];
}

/** Nested records by dotted path, everything else as JSON. */
function flatten(record: Readonly<Record<string, unknown>>, prefix = ""): [string, string][] {
  return Object.entries(record).flatMap(([name, value]): [string, string][] => {
    const path = `${prefix}${name}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return flatten(value as Record<string, unknown>, `${path}.`);
    }
    return [[path, typeof value === "string" ? value : JSON.stringify(value) ?? "–"]];
  });
}

function facts(rows: readonly (readonly [string, string])[]): string {
  const body = rows.map(([name, value]) =>
    `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td class="text">${escapeHtml(value)}</td></tr>`
  );
  return `<div class="scroll"><table class="facts"><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}
