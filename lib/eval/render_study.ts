import { confusion } from "./_confusion.ts";
import { environmentAndConfiguration } from "./_facts.ts";
import { foldConfusions } from "./_fold_confusions.ts";
import { escapeHtml } from "./_html.ts";
import { page } from "./_page.ts";
import { publishedSection } from "./_published_section.ts";
import { corruptionTable } from "./_corruption_table.ts";
import { learningCurves, sensitivity, validationCurves } from "./_study_plots.ts";
import { STUDY_STYLE } from "./_study_style.ts";
import { databasesTable, overRuns, rowsTable, subjectsTable } from "./_study_table.ts";
import { subjects } from "./_subjects.ts";
import { isSelected } from "./_validation.ts";
import type { RowSummary, StudyReportData } from "./study_report_data.ts";

/** Rows whose confusion is open; the others' unfolds. */
const OPEN = 2;

/**
 * Renders a protocol's report as one HTML page that needs no network and no script.
 *
 * The table of rows with intervals, by database where there are several, sensitivity plots where the protocol varies a
 * number, what others printed, learning curves, every held-out subject, pooled confusion matrices, environment and
 * configuration. All text is escaped.
 *
 * @param data What the protocol found. Shares are 0 to 1; confusion counts are `[N][N]`, N classes.
 * @returns The page, a complete document in UTF-8.
 * @throws {TypeError} When a confusion matrix is not N by N.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderStudy } from "./mod.ts";
 * const page = renderStudy({
 *   title: "loso on clips",
 *   created: "2026-01-02T03:04:05Z",
 *   summary: {
 *     protocol: "loso", summary: "Each subject is held out once.", notes: [], classes: ["happy", "sad"],
 *     rows: [{ name: "maml", shots: 0, failed: "Cannot go on: expected finite losses" }],
 *   },
 *   config: { alpha: 0.2 },
 *   environment: { backend: "wasm", why: "No GPU.", deno: "2.9.6", seconds: 12, peakRssBytes: 3e8 },
 * });
 * assertStringIncludes(page, "expected finite losses");
 * ```
 */
export function renderStudy(data: StudyReportData): string {
  const { title, created, summary } = data;
  const { protocol, rows, notes, classes } = summary;
  const people = summary.resampled ?? "subjects";
  const first = overRuns(rows) ? ", of the first run" : "";
  const remarks = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("\n");
  return page(
    { title, created, summary: summary.summary },
    `${notes.length > 0 ? `<ul class="notes">\n${remarks}\n</ul>` : ""}
<h2>Results on ${people === "tasks" ? "tasks of held-out subjects" : "held-out subjects"}</h2>
<p class="soft">Predictions of all folds are pooled before a metric is taken. ${
      isSelected(rows)
        ? "The θ with the best score on validation subjects, set aside from the training subjects, is evaluated"
        : "The last θ of a training is evaluated"
    }: nothing is chosen on held-out people.</p>
${rowsTable(rows, { people, classes })}
${databasesTable(rows)}
${sensitivity(protocol, rows, people)}
${protocol === "noise" ? corruptionTable(rows) : ""}
${publishedSection(summary)}
<h2>Learning curves</h2>
<p class="soft">Of the training tasks, after adaptation; mean over the folds${first}.</p>
${learningCurves(rows)}
${validationCurves(rows)}
${people === "tasks" ? "" : `<h2>Each held-out subject${first}</h2>\n${everySubject(rows)}`}
<h2>Confusion</h2>
<p class="soft">Pooled over folds${first}. Rows: the true class; columns: the prediction. Clips, and their share of the row.</p>
${rows.filter((row) => row.confusion).map((row, i) => confusions(row, classes, i < OPEN)).join("\n")}
${environmentAndConfiguration(data.environment, { ...data.config, ...differing(rows) })}`,
    STUDY_STYLE,
  );
}

/** Settings that differ between rows, each value with the rows that have it. */
function differing(rows: readonly RowSummary[]): Record<string, string> {
  const names = [...new Set(rows.flatMap(({ settings = {} }) => Object.keys(settings)))];
  return Object.fromEntries(names.map((name) => {
    const values = Map.groupBy(
      rows.filter(({ settings }) => settings !== undefined),
      ({ settings }) => JSON.stringify(settings![name] ?? null),
    );
    const text = [...values].map(([value, own]) => `${value} (${own.map((row) => row.name).join("; ")})`);
    return [name, text.join(", ")];
  }));
}

/** One row as a plot, the first that calibrates; all rows as a table to unfold. */
function everySubject(rows: readonly RowSummary[]): string {
  const done = rows.filter((row) => row.subjects !== undefined);
  const shown = done.find((row) => row.shots > 0);
  const parts = shown === undefined ? [] : [`<p>${escapeHtml(shown.name)}:</p>`, subjects(shown.subjects!)];
  if (done.length === 0) return "<p>No row has figures.</p>";
  if (done.length > 1 || shown === undefined) {
    const table = subjectsTable(done);
    const many = shown === undefined ? "Accuracy of each" : `Accuracy after calibration, all ${done.length} rows`;
    parts.push(`<details${shown === undefined ? " open" : ""}><summary>${many}</summary>${table}</details>`);
  }
  return parts.join("\n");
}

function confusions(row: RowSummary, classes: readonly string[], open: boolean): string {
  const { name, shots, confusion: counts } = row;
  const after = confusion(shots === 0 ? "Without calibration" : "After calibration", classes, counts!.after);
  const before = shots === 0 ? "" : confusion("Before calibration", classes, counts!.before);
  const pair = `<div class="${classes.length > 4 ? "stack" : "pair"}">\n${before}\n${after}\n</div>\n${
    foldConfusions(row, classes)
  }`;
  return open
    ? `<h3>${escapeHtml(name)}</h3>\n${pair}`
    : `<details><summary>${escapeHtml(name)}</summary>${pair}</details>`;
}
