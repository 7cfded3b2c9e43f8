import { escapeHtml } from "./_html.ts";
import { REPORT_STYLE } from "./_report_style.ts";
import type { StudyReportData } from "./study_report_data.ts";

/**
 * Renders a protocol's report as one HTML page that needs no network and no script.
 *
 * @param data What the protocol found.
 * @returns The page, a complete document in UTF-8.
 */
export function renderStudy(data: StudyReportData): string {
  const title = escapeHtml(data.title);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${REPORT_STYLE}</style></head><body><h1>${title}</h1></body></html>`;
}
