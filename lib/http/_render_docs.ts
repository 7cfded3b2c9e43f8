import type { openapiDocument } from "./openapi_document.ts";

type Document = ReturnType<typeof openapiDocument>;
type Json = Record<string, unknown>;

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.05rem; margin: 2.5rem 0 .25rem; border-top: 1px solid #8886; padding-top: 1rem; }
code, pre { font: .85em/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; background: #8881; border-radius: .3rem; }
.verb { display: inline-block; min-width: 4.5rem; font-weight: 700; }
table { border-collapse: collapse; } td, th { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0; }
nav ul { columns: 2; padding-left: 1rem; list-style: none; } summary { cursor: pointer; }
`;

function escape(text: unknown): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (char) => entities[char]!);
}

/** A schema as JSON, with references as links to where it stands. */
function schemaBlock(schema: unknown): string {
  return `<pre>${
    escape(JSON.stringify(schema, null, 2)).replace(
      /#\/components\/schemas\/([\w.]+)/g,
      '<a href="#schema-$1">$1</a>',
    )
  }</pre>`;
}

function contentBlocks(content: Json | undefined): string {
  return Object.entries(content ?? {}).map(([type, entry]) =>
    `<details><summary><code>${escape(type)}</code></summary>${schemaBlock((entry as Json).schema)}</details>`
  ).join("");
}

function rows(cells: readonly (readonly string[])[]): string {
  return `<table>${cells.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("")}</table>`;
}

function section(path: string, method: string, operation: Json): string {
  const parameters = (operation.parameters as Json[]).map(({ name, in: place, schema }) => [
    `<code>${escape(name)}</code>`,
    escape(place),
    `<code>${escape((schema as Json).pattern ?? (schema as Json).type ?? "")}</code>`,
    escape((schema as Json).description ?? ""),
  ]);
  const body = (operation.requestBody as Json | undefined)?.content as Json | undefined;
  const answers = Object.entries(operation.responses as Json).map(([status, answer]) => {
    const { description, content } = answer as Json;
    return [`<b>${escape(status)}</b>`, escape(description), contentBlocks(content as Json | undefined)];
  });
  return [
    `<section id="${escape(operation.operationId)}">`,
    `<h2><span class="verb">${method.toUpperCase()}</span> <code>${escape(path)}</code></h2>`,
    `<p>${escape(operation.summary)}</p>`,
    operation.description === undefined ? "" : `<p>${escape(operation.description)}</p>`,
    parameters.length === 0 ? "" : `<h3>Parameters</h3>${rows(parameters)}`,
    body === undefined ? "" : `<h3>Body</h3>${contentBlocks(body)}`,
    `<h3>Answers</h3>${rows(answers)}</section>`,
  ].join("\n");
}

/** The document as a page for people: no script, no picture, nothing from elsewhere. */
export function renderDocs(document: Document): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
  const schemas = Object.entries((document.components as { schemas: Json }).schemas);
  const entries = operations.map(({ path, method, operation }) =>
    `<li><a href="#${escape(operation.operationId)}"><span class="verb">${method.toUpperCase()}</span> ${
      escape(path)
    }</a></li>`
  );
  const info = document.info as Json;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)}</title><style>${STYLE}</style></head><body>
<h1>${escape(info.title)}</h1>
<p>${escape(info.description)} The same for programs: <a href="openapi.json">openapi.json</a>.</p>
<nav><ul>${entries.join("")}</ul></nav>
${operations.map(({ path, method, operation }) => section(path, method, operation)).join("\n")}
<h2>Schemas</h2>
${
    schemas.map(([name, schema]) => `<h3 id="schema-${escape(name)}">${escape(name)}</h3>${schemaBlock(schema)}`).join(
      "\n",
    )
  }
</body></html>
`;
}

/** What the page may load: its own style, and nothing else. */
export const DOCS_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
