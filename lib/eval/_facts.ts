import { duration, escapeHtml } from "./_html.ts";
import type { ReportEnvironment } from "./report_data.ts";

/** The last sections of every report: where it ran, and with which configuration. */
export function environmentAndConfiguration(
  environment: ReportEnvironment,
  config: Readonly<Record<string, unknown>>,
): string {
  return `<h2>Environment</h2>
${facts(environmentRows(environment))}
<h2>Configuration</h2>
${facts(flatten(config))}`;
}

/** Name and text of each fact. */
function environmentRows(environment: ReportEnvironment): [string, string][] {
  const { backend, why, deno, seconds, peakRssBytes, commit, more = {} } = environment;
  return [
    ["backend", backend],
    ["why this backend", why],
    ["Deno", deno],
    ["duration", duration(seconds)],
    ["peak memory", `${(peakRssBytes / 1e9).toFixed(2)} GB`],
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

/** A table of names and texts. */
function facts(rows: readonly (readonly [string, string])[]): string {
  const body = rows.map(([name, value]) =>
    `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td class="text">${escapeHtml(value)}</td></tr>`
  );
  return `<div class="scroll"><table class="facts"><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}
