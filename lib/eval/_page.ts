import { escapeHtml } from "./_html.ts";
import { REPORT_STYLE } from "./_report_style.ts";

const CAUTION =
  "This model classifies small facial movements; it does not read feelings, intent or honesty. Do not use it to " +
  "judge, hire, grade, screen or police people, or to detect lies. In the European Union, inferring emotions at work " +
  "and in education is forbidden, with narrow exceptions (AI Act, Article 5(1)(f)). Use it only on people who agreed.";

/** What every report begins with. */
export interface PageHead {
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  /** Plain text, below the title. */
  readonly summary: string;
}

/** A whole document around the sections of a report: title, summary and caution first. */
export function page({ title, created, summary }: PageHead, body: string, style = ""): string {
  const name = escapeHtml(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${REPORT_STYLE}${style}</style>
</head>
<body>
<h1>${name}</h1>
<p class="soft">${escapeHtml(created)}</p>
<p>${escapeHtml(summary)}</p>
<p class="caution"><strong>Caution.</strong> ${CAUTION}</p>
${body}
</body>
</html>
`;
}
