import { escapeHtml } from "./_html.ts";
import { heldoutDatabases, megcDatabase } from "./_megc_databases.ts";
import type { PrintedFigure, PublishedTable } from "./published.ts";
import { type PublishedFigures, publishedFor } from "./published_for.ts";
import { isBounded, shownFigure } from "./_shown_figure.ts";
import { overRuns } from "./_study_table.ts";
import { isSelected } from "./_validation.ts";
import type { RowSummary, StudySummary } from "./study_report_data.ts";

const COLUMNS = ["full", "smic", "casme2", "samm"] as const;
const HEADS = { full: "All", smic: "SMIC", casme2: "CASME II", samm: "SAMM" } as const;
type Column = typeof COLUMNS[number];

const bare = (share: number) => (100 * share).toFixed(1);

/** Our figures by column. The figure over all is there only when they are the composite's own databases. */
function ours(row: RowSummary, present: readonly string[]): Partial<Record<Column, readonly [number, number]>> {
  if (row.metrics === undefined) return {};
  const whole = [
    shownFigure(row.metrics.uf1, "after").value,
    shownFigure(row.metrics.uar, "after").value,
  ] as const;
  const only = present.length === 1 ? megcDatabase(present[0]!) : undefined;
  if (only !== undefined) return { [only]: whole };
  const parts = (row.databases ?? []).flatMap(({ database, after }) => {
    const column = megcDatabase(database);
    return column === undefined ? [] : [[column, [after.uf1, after.uar] as const] as const];
  });
  return { full: whole, ...Object.fromEntries(parts) };
}

function compositeTable(
  published: NonNullable<PublishedFigures["composite"]>,
  rows: readonly RowSummary[],
  present: readonly string[],
): string {
  const own = rows.filter((row) => row.metrics !== undefined).map((row) => {
    const figures = ours(row, present);
    const cells = COLUMNS.map((column) => {
      const pair = figures[column];
      return `<td>${pair ? `${bare(pair[0])} / ${bare(pair[1])}` : "–"}</td>`;
    });
    const what = row.shots === 0
      ? "this run"
      : `this run; calibrated with up to ${row.shots} of the person's clips a class`;
    return `<tr class="ours"><th scope="row">${escapeHtml(row.name)}</th>${
      cells.join("")
    }<td class="text">${what}</td></tr>`;
  });
  const others = published.rows.map((row) => {
    const again = published.recounted[row.method];
    const oracle = row.caveats.includes("d") || row.caveats.includes("u");
    const cells = COLUMNS.map((column) => {
      const pair = row[column];
      if (pair === null) return "<td>–</td>";
      const printed = bare(pair[1]);
      const recall = again ? `<s>${printed}</s> ${bare(again[column])}` : printed;
      return `<td>${oracle ? `<small>${bare(pair[0])} / ${recall}</small>` : `${bare(pair[0])} / ${recall}`}</td>`;
    });
    const marks = row.caveats.map((key) => ` (${key})`).join("");
    return `<tr><th scope="row">${escapeHtml(row.method)}${marks}</th>${cells.join("")}<td class="text">${
      escapeHtml(row.source)
    }</td></tr>`;
  });
  const used = new Set(published.rows.flatMap((row) => row.caveats));
  const caveats = Object.entries(published.caveats).filter(([key]) => used.has(key));
  const columns: (Column | undefined)[] = present.map(megcDatabase);
  const same = columns.length === 3 && COLUMNS.slice(1).every((column) => columns.includes(column));
  const pooled = same || present.length === 1
    ? ""
    : ` Our column “All” pools ${
      escapeHtml(present.join(", "))
    }, the published one SMIC, CASME II and SAMM: compare by database.`;
  return `<h3>MEGC2019 composite, leave one subject out: UF1 / UAR, percent</h3>
<p class="soft">Ours first.${pooled} Our ${
    isSelected(rows) ? "θ is chosen on training subjects set aside" : "last θ is evaluated"
  }, nothing is chosen on held-out people.${
    overRuns(rows) ? " With several runs, ours over all is the mean over runs, ours by database the first run's." : ""
  }${
    rows.some((row) => row.shots > 0)
      ? " Rows with K predict the other clips only and have seen the person: a different task from the published one."
      : ""
  }</p>
<div class="scroll"><table class="fixed"><thead><tr><th scope="col" class="text">Method</th>${
    COLUMNS.map((column) => `<th scope="col">${HEADS[column]}</th>`).join("")
  }<th scope="col" class="text">From</th></tr></thead><tbody>
${[...own, ...others].join("\n")}
</tbody></table></div>
<ul class="notes soft">
${caveats.map(([key, text]) => `<li>(${key}) ${escapeHtml(text)}</li>`).join("\n")}
</ul>`;
}

function figureCell(figure: PrintedFigure): string {
  if (figure === null) return "<td>–</td>";
  return `<td>${figure[0].toFixed(2)} <small>± ${figure[1].toFixed(2)}</small></td>`;
}

function paperTable({ title, columns, rows }: PublishedTable): string {
  const body = rows.map(({ method, figures }) =>
    `<tr><th scope="row">${escapeHtml(method)}</th>${figures.map(figureCell).join("")}</tr>`
  );
  return `<h3>${escapeHtml(title)}</h3>
<div class="scroll"><table class="fixed"><thead><tr><th scope="col" class="text">Method</th>${
    columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("")
  }</tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}

/** Our rows in the columns of a table of the paper, after calibration. */
function ownTable(rows: readonly RowSummary[], present: readonly string[]): string {
  const body = rows.flatMap((row) => {
    if (row.metrics === undefined) return [];
    const cells = (["accuracy", "macroF1", "uar"] as const).map((metric) => {
      const { value, low, high } = shownFigure(row.metrics![metric], "after");
      const { runs } = row.metrics![metric];
      const bounds = runs
        ? ` <small>± ${bare(runs.after.half)}</small>`
        : low === undefined || high === undefined
        ? ""
        : ` <small>[${bare(low)}, ${bare(high)}]</small>`;
      return `<td>${bare(value)}${bounds}</td>`;
    });
    return [`<tr class="ours"><th scope="row">${escapeHtml(row.name)}</th>${cells.join("")}</tr>`];
  });
  const done = rows.filter((row) => row.metrics !== undefined);
  const intervals = overRuns(rows)
    ? ", mean over runs ± half of its 95 % interval"
    : done.every(isBounded)
    ? " [95 %]"
    : "; too few subjects for an interval";
  return `<h3>This run, on ${escapeHtml(present.join(", "))}: percent, after calibration${intervals}</h3>
<div class="scroll"><table class="fixed"><thead><tr><th scope="col" class="text">Row</th><th scope="col">ACC</th><th scope="col">F1 (macro)</th><th scope="col">UAR</th></tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}

/** What others printed beside what this run found, with what is known of how; empty when nothing fits. */
export function publishedSection(summary: StudySummary): string {
  const { claim, composite, paper } = publishedFor(summary);
  const { rows } = summary;
  const present = heldoutDatabases(rows);
  const parts: string[] = [];
  if (claim !== undefined) parts.push(`<p>${escapeHtml(claim)}</p>`);
  if (composite !== undefined) parts.push(compositeTable(composite, rows, present));
  if (paper !== undefined) {
    parts.push(
      ownTable(rows, present),
      ...paper.tables.map(paperTable),
      `<ul class="notes soft">
${paper.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("\n")}
</ul>`,
    );
  }
  return parts.length === 0 ? "" : `<h2>Beside what others printed</h2>\n${parts.join("\n")}`;
}
