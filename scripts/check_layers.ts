import { join, toFileUrl } from "@std/path";
import { listFiles, ROOT, runDeno } from "./_lib/files.ts";
import { checkLayers, findOwnCode, type SourceModule } from "./_lib/layers.ts";

interface GraphModule {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string; readonly error?: string };
    readonly type?: { readonly specifier?: string; readonly error?: string };
  }[];
}

/** Reads the import graph of the program from deno itself, so that comments and strings cannot mislead. */
async function readModules(files: readonly string[]): Promise<{ modules: SourceModule[]; faults: string[] }> {
  const root = toFileUrl(ROOT).href;
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  let modules: readonly GraphModule[];
  try {
    await Deno.writeTextFile(entry, files.map((file) => `import "${root}${file}";\n`).join(""));
    const { code, stdout, stderr } = await runDeno(["info", "--json", "--config", join(ROOT, "deno.json"), entry]);
    if (code !== 0) throw new Error(`Cannot read the import graph: ${stderr.trim()}`);
    modules = (JSON.parse(stdout) as { modules: GraphModule[] }).modules;
  } finally {
    await Deno.remove(entry);
  }
  const local = (url: string) => url.startsWith(root) ? url.slice(root.length) : undefined;
  const faults: string[] = [];
  const sources: SourceModule[] = [];
  for (const module of modules) {
    const path = local(module.specifier);
    if (path === undefined) continue;
    if (module.error) faults.push(`${path}: ${module.error.split("\n")[0]}`);
    const imports = (module.dependencies ?? []).map(({ specifier, code, type }) => {
      const resolved = code?.specifier ?? type?.specifier;
      return { target: (resolved && local(resolved)) ?? specifier, typeOnly: code === undefined };
    });
    sources.push({ path, imports });
  }
  return { modules: sources, faults };
}

/**
 * Checks the direction of every import, each folder's door, cycles, and that each mod.ts only re-exports.
 *
 * @returns One line a fault.
 */
export async function checkLayersOfRepository(): Promise<string[]> {
  const files = await listFiles(["lib", "functions", "scripts"], ".ts");
  const { modules, faults } = await readModules(files);
  faults.push(...checkLayers(modules));
  for (const file of files.filter((file) => file.startsWith("lib/") && file.endsWith("/mod.ts"))) {
    const own = findOwnCode(await Deno.readTextFile(join(ROOT, file)));
    if (own !== undefined) faults.push(`${file}: a mod.ts only re-exports, found "${own}"`);
  }
  return faults;
}

if (import.meta.main) {
  const faults = await checkLayersOfRepository();
  for (const fault of faults) console.error(fault);
  console.error(faults.length === 0 ? "Layers: all imports point the right way" : `Layers: ${faults.length} faults`);
  if (faults.length > 0) Deno.exit(1);
}
