/** A type in `deno doc --json`, as far as it is used. */
interface DocType {
  readonly repr?: string;
  readonly value?: { readonly typeParams?: readonly { readonly repr?: string }[] };
}

/** The part of `deno doc --json` that is used. */
export interface DocSymbol {
  readonly name: string;
  readonly declarations: readonly {
    readonly kind: string;
    readonly location: { readonly filename: string; readonly line: number };
    readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly { readonly kind: string }[] };
    readonly def?: { readonly returnType?: DocType };
  }[];
}

/** Kinds that carry documentation. */
const DOCUMENTED = new Set(["function", "class", "interface", "typeAlias", "variable", "enum", "namespace"]);

/** A sentence: several words and a full stop or its like. It may begin small, with a formula or a file name. */
const SENTENCE = /^\S+\s[\s\S]*[.!?:]\)?$/;

/**
 * Checks the documentation of what a folder exports.
 *
 * Every export: a docstring whose first paragraph is a sentence. Functions also: `@returns` unless they return
 * nothing, and an `@example`.
 *
 * @param symbols The exports, as `deno doc --json` gives them.
 * @returns One line a fault.
 */
export function checkDocstrings(symbols: readonly DocSymbol[]): string[] {
  const faults: string[] = [];
  for (const { name, declarations } of symbols) {
    // Overloads share the first declaration's documentation.
    const declaration = declarations.find((one) => DOCUMENTED.has(one.kind));
    if (!declaration) continue;
    const { location, jsDoc, kind, def } = declaration;
    const at = `${location.filename}:${location.line + 1} ${name}`;
    const first = (jsDoc?.doc ?? "").trim().split(/\n\s*\n/)[0]!;
    if (first === "") faults.push(`${at} has no docstring`);
    else if (!SENTENCE.test(first)) faults.push(`${at}: the docstring's first line is no sentence: "${first}"`);
    if (kind !== "function") continue;
    const tags = new Set(jsDoc?.tags?.map((tag) => tag.kind));
    if (!tags.has("return") && !returnsNothing(def?.returnType)) faults.push(`${at} lacks @returns`);
    if (!tags.has("example")) faults.push(`${at} lacks @example`);
  }
  return faults;
}

/** void, never, an assertion, or a promise of one. */
function returnsNothing(type: DocType | undefined): boolean {
  const nothing = (repr = "") => ["void", "never", "undefined"].includes(repr) || repr.startsWith("asserts ");
  if (type?.repr !== "Promise") return nothing(type?.repr);
  return nothing(type.value?.typeParams?.[0]?.repr);
}

/**
 * Lists the relative links and, in backticks, the repository paths that a Markdown text names.
 *
 * @param text The Markdown.
 * @returns `links`, relative to the file and without their anchors; `mentions`, from the repository's root; and
 * `tasks`, the names after `deno task`.
 */
export function readMarkdown(text: string): { links: string[]; mentions: string[]; tasks: string[] } {
  // Code blocks hold no links, but they do hold commands that must exist.
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");
  const links = [...prose.replace(/`[^`\n]*`/g, "").matchAll(/\]\(\s*<?([^)\s>]+)|\b(?:src|href)="([^"]+)"/g)]
    .map((match) => (match[1] ?? match[2])!)
    .filter((link) => !/^(?:[a-z][a-z0-9+.-]*:|#|\/\/)/i.test(link))
    .map((link) => decodeURI(link.split("#")[0]!));
  const mentions = [
    ...text.matchAll(/(?<![\w./:-])((?:lib|functions|scripts|tests|docs|\.ci|\.github)\/[\w./-]*\.\w+)\b/g),
  ]
    .map((match) => match[1]!);
  const tasks = [...text.matchAll(/\bdeno(?:@[\d.]+)? task ([a-z][\w:-]*)/g)].map((match) => match[1]!);
  return { links: [...new Set(links)], mentions: [...new Set(mentions)], tasks: [...new Set(tasks)] };
}
