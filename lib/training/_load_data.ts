import { join } from "@std/path";
import type { Config } from "../config/mod.ts";
import {
  appendMacro,
  type ClipSet,
  decodePacked,
  dropMacroClasses,
  type LeftTensor,
  loadClipSet,
  recipeDifference,
  splitSubjects,
  type SubjectSplit,
  syntheticHoldout,
  writeSyntheticDataSet,
} from "../data/mod.ts";
import { recipeOf } from "../inference/mod.ts";
import { syntheticFolder } from "./synthetic_folder.ts";
import { microClips } from "./_micro_clips.ts";
import { isMacroWord } from "./_settle_config.ts";
import { readSafetensors, type SafetensorsFile } from "../storage/mod.ts";

/** Where rendered data sets lie, and who is told of progress. */
export interface LoadDataOptions {
  /** Folder for rendered synthetic sets. */
  readonly folder: string;
  readonly signal: AbortSignal;
  onProgress(what: string, done: number, total: number): void;
  /** Told of what a user should know about the data. */
  onNote?(note: string): void;
}

/** The synthetic set's options, as its generator names them. */
function syntheticOptions(config: Config) {
  const { seed, rho, trainSubjects, holdoutSubjects } = config.synthetic;
  return { seed, rho, trainSubjects, holdoutSubjects };
}

/** Renders the synthetic set if it is missing; the manifest's path. */
async function renderSynthetic(config: Config, { folder, signal, onProgress }: LoadDataOptions): Promise<string> {
  // Flow is computed on grey pictures of its own size.
  const { flow } = recipeOf(config);
  const [size, channels] = flow ? [flow.size, 1 as const] : [config.size, config.inputChannels];
  const rendering = { ...syntheticOptions(config), size, channels };
  const { manifest } = await writeSyntheticDataSet(join(folder, syntheticFolder(config)), rendering, {
    signal,
    onProgress: (done, total) => onProgress("Rendering clips", done, total),
  });
  return manifest;
}

/** Opens a packed file; its clips stay there and are read when a task takes them. */
async function openPacked(path: string): Promise<ClipSet> {
  let file: SafetensorsFile;
  try {
    file = await readSafetensors(path, ["clips"]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const Kind = error instanceof SyntaxError ? SyntaxError : Error;
    throw new Kind(`Cannot read ${path}: ${message}`, { cause: error });
  }
  const { tensors, left, metadata, size, modified } = file;
  const named = Object.entries(left).map(([name, { dtype, shape, offset, length }]): [string, LeftTensor] => {
    // Anything else stands for nothing: the clips are then read to tell them from others.
    const digest = /^[0-9a-f]{64}$/.test(metadata.digest ?? "") ? metadata.digest! : null;
    return [name, { dtype, shape, data: { path, offset, length, fileSize: size, modified, digest } }];
  });
  return decodePacked({ ...tensors, ...Object.fromEntries(named) }, metadata, { name: path });
}

/** Reads a packed file, or a manifest and the frames it names. */
async function readClipSet(path: string, config: Config, options: LoadDataOptions): Promise<ClipSet> {
  const recipe = recipeOf(config);
  if (!path.endsWith(".safetensors")) {
    const uneven: string[] = [];
    const set = await loadClipSet(path, recipe, {
      signal: options.signal,
      onProgress: (done, total) => options.onProgress("Reading clips", done, total),
      onSizes: ({ id }) => void uneven.push(id),
    });
    if (uneven.length > 0) {
      const clips = uneven.length === 1
        ? `clip ${uneven[0]}`
        : `${uneven.length} clips, ${uneven.sort()[0]} among them,`;
      options.onNote?.(`The frames of ${clips} have several sizes: each was resized by itself.`);
    }
    return set;
  }
  const set = await openPacked(path);
  const other = recipeDifference(set.recipe, recipe);
  if (other !== null) {
    const { field, a, b } = other;
    throw new RangeError(`Cannot use ${path}: it was packed with ${field} ${a}, the configuration says ${b}`);
  }
  return set;
}

/**
 * Loads the clips a configuration names, and macro clips from a file of their own where it names one. The synthetic set
 * is rendered when it is missing. Classes that macro clips alone show are left out.
 *
 * @param config The configuration.
 * @param options Folder of rendered sets, cancellation, progress.
 * @returns The clips, by the configuration's recipe.
 * @throws {RangeError} When a packed file was made by another recipe.
 *
 * @example
 * ```ts ignore
 * import { configSchema } from "../config/mod.ts";
 * import { loadData } from "./mod.ts";
 * const set = await loadData(configSchema.parse({}), {
 *   folder: "data", signal: new AbortController().signal, onProgress: console.log,
 * });
 * ```
 */
export async function loadData(config: Config, options: LoadDataOptions): Promise<ClipSet> {
  const path = config.data === "synthetic" ? await renderSynthetic(config, options) : config.data;
  const set = dropMacroClasses(await readClipSet(path, config, options));
  return isMacroWord(config.macro) ? set : appendMacro(set, await readClipSet(config.macro, config, options));
}

/** Training and held-out subjects of a configuration. */
export function splitOf(config: Config, set: ClipSet): SubjectSplit {
  const holdout = config.holdout ??
    (config.data === "synthetic" ? syntheticHoldout(syntheticOptions(config)) : 1 / 3);
  const split = splitSubjects(set, holdout, config.seed);
  for (const [side, subjects] of [["held-out", split.heldout], ["training", split.train]] as const) {
    if (microClips(set, subjects).length === 0) {
      throw new RangeError(`Cannot split subjects: expected micro clips of the ${side} subjects, got none`);
    }
  }
  return split;
}
