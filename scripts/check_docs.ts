import { dirname, join, relative } from "@std/path";
import { checkDocstrings, type DocSymbol, readMarkdown } from "./_lib/doc_lint.ts";
import { listFiles, ROOT, runDeno } from "./_lib/files.ts";

/** Checks the docstrings of everything that a folder of lib exports. */
async function checkExports(): Promise<string[]> {
  const doors = (await listFiles(["lib"], "mod.ts")).filter((file) => /^lib\/[^_][^/]*\/mod\.ts$/.test(file));
  if (doors.length === 0) return [];
  const { code, stdout, stderr } = await runDeno(["doc", "--json", ...doors]);
  if (code !== 0) return [`Cannot read the docstrings: ${stderr.trim().split("\n")[0]}`];
  const { nodes } = JSON.parse(stdout) as { nodes: Record<string, { symbols?: DocSymbol[] }> };
  const root = new URL(`file://${ROOT}`).href;
  const faults = Object.values(nodes).flatMap((node) => checkDocstrings(node.symbols ?? []));
  return [...new Set(faults)].map((fault) => fault.replaceAll(root, ""));
}

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

/** Checks that links, file names and tasks in Markdown lead somewhere. */
async function checkMarkdown(): Promise<string[]> {
  const config = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as { tasks?: Record<string, unknown> };
  const faults: string[] = [];
  for (const file of await listFiles(["."], ".md")) {
    const { links, mentions, tasks } = readMarkdown(await Deno.readTextFile(join(ROOT, file)));
    for (const link of links) {
      const target = join(ROOT, dirname(file), link);
      const outside = relative(ROOT, target).startsWith("..");
      if (outside || !(await exists(target))) faults.push(`${file}: the link to ${link} leads nowhere`);
    }
    // A changelog may speak of what is gone.
    if (file === "CHANGELOG.md") continue;
    for (const path of mentions) {
      if (!(await exists(join(ROOT, path)))) faults.push(`${file} names ${path}, which does not exist`);
    }
    for (const task of tasks) {
      if (!Object.hasOwn(config.tasks ?? {}, task)) faults.push(`${file} names the task ${task}, which does not exist`);
    }
  }
  return faults;
}

/**
 * Checks docstrings of lib's exports and the links, file names and tasks in Markdown.
 *
 * @returns One line a fault.
 */
export async function checkDocsOfRepository(): Promise<string[]> {
  return [...await checkExports(), ...await checkMarkdown()];
}

if (import.meta.main) {
  const faults = await checkDocsOfRepository();
  for (const fault of faults) console.error(fault);
  console.error(faults.length === 0 ? "Docs: complete, no dead links" : `Docs: ${faults.length} faults`);
  if (faults.length > 0) Deno.exit(1);
}
