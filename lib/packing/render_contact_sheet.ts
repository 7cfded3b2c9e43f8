import type { ClipEntry, Finding, Recipe } from "../data/mod.ts";
import type { CheckedClip } from "./check_clips.ts";
import type { ApexSource, ClipPicture } from "./clip_facts.ts";
import type { Count, DatabaseSummary } from "./summarize_clips.ts";

/** What a contact sheet shows. */
export interface ContactSheet {
  readonly recipe: Recipe;
  readonly summaries: readonly DatabaseSummary[];
  readonly entries: readonly ClipEntry[];
  /** One a clip. */
  readonly checked: readonly CheckedClip[];
  /** By database. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Indices of the clips shown. */
  readonly shown: readonly number[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text);
}

const STYLE = `
:root{color-scheme:light dark;--back:#f6f6f4;--card:#fff;--text:#1d1f21;--soft:#62666a;--line:#dcdcd8;--onset:#2f7d4f;
--apex:#b3372e;--offset:#2d62a8;--warn:#8a5a00;--warnback:#fff4d6}
@media (prefers-color-scheme:dark){:root{--back:#17191b;--card:#202326;--text:#e8e8e6;--soft:#9a9ea3;--line:#363a3e;
--onset:#6cc48f;--apex:#f0837a;--offset:#86b4f2;--warn:#f0c96a;--warnback:#3a3116}}
*{box-sizing:border-box}
body{margin:0;padding:2rem clamp(1rem,4vw,4rem) 4rem;background:var(--back);color:var(--text);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
h3{font-size:1rem;margin:1.5rem 0 .5rem}h3 small{font-weight:400;color:var(--soft)}
p{margin:.4rem 0;max-width:75ch}.soft{color:var(--soft)}
.private{border-left:4px solid var(--warn);background:var(--warnback);padding:.6rem 1rem;max-width:75ch}
.scroll{overflow-x:auto}
table{border-collapse:collapse;background:var(--card);font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.35rem .5rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right}td:not(:last-child),th small,th .soft{white-space:nowrap}
figure{min-width:0}
.sheet{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(23rem,100%),1fr));gap:.75rem}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.6rem}
figcaption{font-size:.82rem;display:flex;flex-wrap:wrap;justify-content:space-between;gap:.5rem;margin-bottom:.4rem}
figcaption b{overflow-wrap:anywhere}figcaption span{color:var(--soft);white-space:nowrap}
figcaption .units{flex-basis:100%;white-space:pre-line;overflow-wrap:anywhere}
.frames{display:grid;grid-template-columns:repeat(4,1fr);gap:.4rem}
.frame img{display:block;width:100%;height:auto;border-radius:3px;border-bottom:4px solid currentColor}
.frame{font-size:.78rem;text-align:center}.frame i{font-style:normal;font-weight:600}
.onset{color:var(--onset)}.apex{color:var(--apex)}.offset{color:var(--offset)}
.change{color:var(--soft)}.frame span{color:var(--text)}
ul{padding-left:1.2rem;margin:.4rem 0}li{overflow-wrap:anywhere;margin:.15rem 0}
.broken{color:var(--apex)}
@media print{figure{break-inside:avoid}}
`;

function countsText(counts: readonly Count[], unit = ""): string {
  const shown = counts.slice(0, 6).map(({ value, clips }) => {
    const name = escapeHtml(`${value}${value === "unknown" ? "" : unit}`);
    return counts.length === 1 ? name : `${name} <span class="soft">× ${clips}</span>`;
  });
  return shown.join("<br>") + (counts.length > 6 ? `<br>and ${counts.length - 6} more` : "");
}

function summaryTable(summaries: readonly DatabaseSummary[]): string {
  const rows = summaries.map((one) => {
    const { frames } = one;
    return `<tr><th scope="row">${escapeHtml(one.database)}</th><td class="n">${one.clips}${
      one.macro > 0 ? `<br><span class="soft">${one.macro} macro</span>` : ""
    }</td><td class="n">${one.subjects}</td><td class="n">${one.findings}</td><td class="n${
      one.broken > 0 ? " broken" : ""
    }">${one.broken}</td><td>${
      one.classes.map(({ value, clips }) => `${escapeHtml(value)} <span class="soft">${clips}</span>`).join("<br>")
    }</td><td>${frames === null ? "none read" : `${frames.min} · ${frames.median} · ${frames.max}`}</td><td>${
      countsText(one.rates, " /s")
    }</td><td>${countsText(one.sizes)}</td><td>${countsText(one.apexes)}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>Database</th><th class="n">Clips</th><th class="n">Subjects</th>` +
    `<th class="n">Findings</th><th class="n">Unreadable</th><th>Classes</th><th>Frames a clip<br><span class="soft">min · median · max</span></th><th>Frame rate</th>` +
    `<th>Frames</th><th>Apex</th>` +
    `</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** What stands under the apex that is not annotated. */
const APEX_NAMES = {
  annotated: "apex",
  midpoint: "apex: midpoint",
  motion: "apex: motion",
  unknown: "middle",
} as const;

function frame({ what, number, png }: ClipPicture, apexSource: ApexSource): string {
  const name = what === "apex" ? APEX_NAMES[apexSource] : what;
  const at = number === null ? "" : ` <span>${number}</span>`;
  return `<div class="frame ${what}"><img src="data:image/png;base64,${base64(png)}" alt="${name}${
    number === null ? "" : ` ${number}`
  }"><i>${name}</i>${at}</div>`;
}

function card(entry: ClipEntry, { facts, pictures }: CheckedClip): string {
  const count = facts!.frames === 1 ? "1 frame" : `${facts!.frames} frames`;
  const rate = entry.fps === null ? "" : `, ${entry.fps} /s`;
  const gaps = facts!.gaps > 0 ? `, ${facts!.gaps} missing` : "";
  const sizes = facts!.sizes > 1 ? `, ${facts!.sizes} sizes` : "";
  const units = entry.actionUnits == null ? "" : `<span class="units">AU ${escapeHtml(entry.actionUnits)}</span>`;
  return `<figure><figcaption><b>${escapeHtml(entry.id)}</b><span>subject ${escapeHtml(entry.subject)}${
    entry.kind === "macro" ? " · macro" : ""
  }<br>${count}${rate}${gaps}${sizes}</span>${units}</figcaption><div class="frames">${
    pictures.map((picture) => frame(picture, facts!.apexSource)).join("")
  }</div></figure>`;
}

/** The clips of a database, class by class. */
function clipsOf(database: string, { entries, checked, shown }: ContactSheet): string {
  const labels = new Map<string, number[]>();
  for (const [index, entry] of entries.entries()) {
    if (entry.database === database) labels.set(entry.label, [...(labels.get(entry.label) ?? []), index]);
  }
  const visible = new Set(shown.filter((index) => checked[index]!.facts !== null));
  return [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, all]) => {
    const some = all.filter((index) => visible.has(index));
    const count = some.length < all.length ? `${some.length} of ${all.length} clips shown` : `${all.length} clips`;
    return `<h3>${escapeHtml(label)} <small>${count}</small></h3><div class="sheet">${
      some.map((index) => card(entries[index]!, checked[index]!)).join("")
    }</div>`;
  }).join("");
}

function list(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return `<ul>${items.slice(0, most).map((item) => `<li>${escapeHtml(item)}</li>`).join("")}${
    rest > 0 ? `<li>and ${rest} more, which --json lists</li>` : ""
  }</ul>`;
}

function findingsOf(database: string, { findings, entries, checked }: ContactSheet): string {
  const broken = checked.flatMap((
    { error },
    i,
  ) => (error !== null && entries[i]!.database === database ? [error] : []));
  const noticed = (findings.get(database) ?? []).map(({ file, line, message }) =>
    `${file}${line === null ? "" : `, row ${line}`}: ${message}`
  );
  return (broken.length > 0 ? `<h3 class="broken">Cannot be read</h3>${list(broken, 200)}` : "") +
    (noticed.length > 0
      ? `<details${noticed.length <= 20 ? " open" : ""}><summary>${noticed.length} findings</summary>${
        list(noticed, 200)
      }</details>`
      : "");
}

/**
 * Renders the contact sheet of a check: tables, findings, and of each clip the onset, apex and offset as the recipe
 * crops them. One HTML file with everything in it; it loads nothing and sends nothing.
 *
 * @param sheet What was checked.
 * @returns The page.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderContactSheet } from "./mod.ts";
 * const recipe = { frames: 8, size: 32, channels: 1, input: "frames", time: "tim" } as const;
 * const empty = { recipe, summaries: [], entries: [], checked: [], findings: new Map(), shown: [] };
 * assertStringIncludes(renderContactSheet(empty), "personal data");
 * ```
 */
export function renderContactSheet(sheet: ContactSheet): string {
  const { recipe, summaries, shown, entries } = sheet;
  const { frames, size, channels, input, time } = recipe;
  const left = entries.length - shown.length;
  const settings = `${frames} frames of ${size} × ${size}, ${channels === 1 ? "grey" : "colour"}, ${input}, ${time}`;
  const sections = summaries.map(({ database }) =>
    `<section><h2>${escapeHtml(database)}</h2>${findingsOf(database, sheet)}${clipsOf(database, sheet)}</section>`
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">` +
    `<title>Contact sheet</title><style>${STYLE}</style></head><body><h1>Contact sheet</h1>` +
    `<p class="private"><strong>Faces are personal data.</strong> This file holds pictures of people under their data ` +
    `sets' licences. It was made on this machine and nothing was uploaded; do not pass it on, and delete it when you ` +
    `have looked.</p><p>Recipe: ${escapeHtml(settings)}. Pictures show frames as the recipe crops them` +
    `${size < 96 ? ", enlarged to 96 pixels" : ""}.` +
    `${left > 0 ? ` ${left} of ${entries.length} clips are left out; --sheet-clips shows more.` : ""}</p>` +
    `<p>Look for: the face whole and in the same place in all frames, the movement strongest at the ` +
    `<b class="apex">apex</b>, the label fitting it. ` +
    `The change is apex minus onset, four times as strong around grey: outlines of the whole face mean that the ` +
    `head moved.</p>${summaryTable(summaries)}${sections.join("")}</body></html>\n`;
}
