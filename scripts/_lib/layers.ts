/** One source file and what it imports. */
export interface SourceModule {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly imports: readonly SourceImport[];
}

/** One import of a source file. */
export interface SourceImport {
  /** A path from the repository's root, or a package name. */
  readonly target: string;
  /** Erased at run time (`import type`). */
  readonly typeOnly: boolean;
}

/** What each folder of lib may import from lib. A name with `?` may be imported for its types only. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  tree: [],
  random: [],
  config: [],
  process: [],
  runtime: ["process"],
  data: ["tree", "random", "config"],
  storage: ["tree", "config", "data?"],
  packing: ["data", "storage"],
  autodiff: ["tree", "runtime"],
  model: ["tree", "autodiff", "random", "config", "runtime"],
  meta: ["tree", "autodiff", "random", "config", "runtime", "model"],
  eval: ["tree", "autodiff", "random", "config", "runtime", "model", "meta", "data"],
  inference: ["tree", "autodiff", "config", "runtime", "model", "meta", "data", "storage"],
  training: [
    ...["tree", "autodiff", "random", "config", "runtime", "model", "meta", "data", "storage"],
    ...["eval", "inference", "process"],
  ],
  study: [
    ...["tree", "config", "random", "runtime", "data", "storage", "eval", "training"],
  ],
  bench: ["tree", "random", "config", "runtime", "autodiff", "model", "meta", "inference"],
  verify: ["tree", "autodiff", "random", "config", "runtime", "model", "meta", "storage"],
  client: [],
  edge: ["runtime", "data", "inference"],
  http: ["tree", "config", "process", "data", "storage", "inference?", "training?"],
};

/** Folders whose files may import each other in a circle: the derivative of an op is its adjoint, and the other way. */
const MUTUAL: readonly string[] = ["lib/autodiff/"];

/** Which places may use a package; others are free. */
const PACKAGES: readonly { readonly pattern: RegExp; readonly places: readonly string[] }[] = [
  {
    pattern: /^@tensorflow\//,
    places: ["runtime", "autodiff", "model", "meta", "inference", "training", "study", "eval", "verify", "bench"].map((
      name,
    ) => `lib/${name}/`),
  },
  { pattern: /^aws4fetch$/, places: ["lib/storage/"] },
  { pattern: /^hono(\/|$)/, places: ["lib/http/", "functions/"] },
];

/**
 * Checks that imports point one way: layer by layer, through each folder's door, without cycles.
 *
 * @param modules Every source file of lib, functions and scripts.
 * @returns One line a fault; empty when all is well.
 */
export function checkLayers(modules: readonly SourceModule[]): string[] {
  const paths = new Set(modules.map((module) => module.path));
  const faults: string[] = [];
  for (const { path, imports } of modules) {
    for (const edge of imports) {
      const why = paths.has(edge.target) ? pathFault(path, edge) : packageFault(path, edge.target);
      if (why) faults.push(`${path} imports ${edge.target}: ${why}`);
    }
  }
  return [...faults, ...findCycles(modules)];
}

/** `lib/model/conv4.ts` → `["lib", "model"]`. */
function place(path: string): [string, string | undefined] {
  const [top = "", folder, rest] = path.split("/");
  return [top, rest === undefined ? undefined : folder];
}

function pathFault(path: string, { target, typeOnly }: SourceImport): string | undefined {
  const [top, folder] = place(path);
  const [targetTop, targetFolder] = place(target);

  // A name that begins with _ belongs to the folder it lies in.
  const parts = target.split("/");
  const hidden = parts.findIndex((part) => part.startsWith("_"));
  if (hidden >= 0 && !path.startsWith(`${parts.slice(0, hidden).join("/")}/`)) return "it is private to its folder";
  if (top === targetTop && folder === targetFolder) return undefined;

  switch (targetTop) {
    case "lib":
      if (targetFolder === undefined || !Object.hasOwn(ALLOWED, targetFolder)) return "no such layer";
      if (parts.at(-1) !== "mod.ts") return `use lib/${targetFolder}/mod.ts, the folder's only door`;
      if (top !== "lib") return undefined;
      if (folder === undefined || !Object.hasOwn(ALLOWED, folder)) return `lib/${folder ?? ""} is no layer yet`;
      if (ALLOWED[folder]!.includes(targetFolder)) return undefined;
      if (!ALLOWED[folder]!.includes(`${targetFolder}?`)) return `${folder} may not know ${targetFolder}`;
      return typeOnly ? undefined : `${folder} may know only ${targetFolder}'s types`;
    case "functions":
      if (top === "functions") return "functions do not know each other";
      return top === "lib" ? "lib does not know functions" : undefined;
    case "scripts":
      return top === "scripts" ? undefined : `${top} does not know scripts`;
    default:
      return `${targetTop} is not part of the program`;
  }
}

function packageFault(path: string, target: string): string | undefined {
  const rule = PACKAGES.find(({ pattern }) => pattern.test(target));
  if (!rule || rule.places.some((allowed) => path.startsWith(allowed))) return undefined;
  return `only ${rule.places.map((allowed) => allowed.replace(/\/$/, "")).join(", ")} may`;
}

/** Depth-first search; each cycle is told once, from the file where it was entered. */
function findCycles(modules: readonly SourceModule[]): string[] {
  const edges = new Map(modules.map((module) => [module.path, module.imports.map((edge) => edge.target)]));
  const done = new Set<string>();
  const trail: string[] = [];
  const cycles: string[] = [];
  const visit = (path: string) => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const cycle = [...trail.slice(at), path];
      const allowed = MUTUAL.some((folder) => cycle.every((file) => file.startsWith(folder)));
      if (!allowed) cycles.push(`cycle: ${cycle.join(" → ")}`);
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const target of edges.get(path) ?? []) if (edges.has(target)) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const { path } of modules) visit(path);
  return cycles;
}

/**
 * Tells whether a mod.ts only re-exports.
 *
 * @param source Its text.
 * @returns The first statement that is no re-export, or undefined.
 */
export function findOwnCode(source: string): string | undefined {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const rest = code.replace(/^\s*export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*"[^"]+";/gm, "").trim();
  return rest === "" ? undefined : rest.split("\n")[0]!;
}
