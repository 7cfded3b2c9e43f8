import { join } from "@std/path";
import type { Config } from "../../lib/config/mod.ts";
import { type ClipEntry, type Finding, readManifest, writeSyntheticDataSet } from "../../lib/data/mod.ts";
import type { DataSource } from "./data_sources.ts";
import { UsageError } from "./usage_error.ts";

/** The clips of a command line, with everything that is to be said about them. */
export interface PreparedClips {
  /** In the order of the data sets, labels mapped. */
  readonly entries: readonly ClipEntry[];
  /** By database. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Facts about the whole, a sentence each. */
  readonly notes: readonly string[];
  /** Clips that the label set leaves out, by database, label and reason. */
  readonly leftOut: readonly { readonly database: string; readonly label: string; readonly count: number }[];
  /** What is kept in the packed file; it names no place on this machine. */
  readonly provenance: unknown;
}

/** Options of {@linkcode readClips}. */
export interface ReadClipsOptions {
  readonly labels: string;
  readonly config: Config;
  readonly strict: boolean;
  readonly signal: AbortSignal;
  /** Told while a synthetic set is rendered. */
  onProgress(done: number, total: number): void;
}

/** A manifest, or the folder in which `manifest.csv` lies. */
async function manifestPath(root: string): Promise<string> {
  const info = await Deno.stat(root);
  if (info.isDirectory) {
    const path = join(root, "manifest.csv");
    if (await Deno.stat(path).catch(() => null) === null) {
      throw new UsageError(`Cannot use --root ${root}: expected manifest.csv in it, got none`);
    }
    return path;
  }
  return root;
}

async function entriesOf({ dataset, root }: DataSource, options: ReadClipsOptions): Promise<ClipEntry[]> {
  const { config, signal, onProgress } = options;
  if (dataset === "synthetic") {
    const rendering = { ...config.synthetic, size: config.size, channels: config.inputChannels };
    const { manifest } = await writeSyntheticDataSet(root, rendering, { signal, onProgress });
    return await readManifest(manifest);
  }
  if (dataset === "manifest") return await readManifest(await manifestPath(root));
  throw new UsageError(`Cannot use --dataset ${dataset}: it cannot be read yet`);
}

/** Reads the data sets of a command line and applies the label set. */
export async function readClips(sources: readonly DataSource[], options: ReadClipsOptions): Promise<PreparedClips> {
  const entries: ClipEntry[] = [];
  for (const source of sources) entries.push(...await entriesOf(source, options));
  return {
    entries,
    findings: new Map(),
    notes: [],
    leftOut: [],
    provenance: { datasets: sources.map(({ dataset }) => dataset), labels: options.labels },
  };
}
