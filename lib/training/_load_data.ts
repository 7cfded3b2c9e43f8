import { join } from "@std/path";
import type { Config } from "../config/mod.ts";
import {
  type ClipSet,
  decodePacked,
  loadClipSet,
  splitSubjects,
  type SubjectSplit,
  syntheticHoldout,
  writeSyntheticDataSet,
} from "../data/mod.ts";
import { recipeOf } from "../inference/mod.ts";
import { decodeSafetensors } from "../storage/mod.ts";

/** Where rendered data sets lie, and who is told of progress. */
export interface LoadDataOptions {
  /** Folder for rendered synthetic sets. */
  readonly folder: string;
  readonly signal: AbortSignal;
  onProgress(what: string, done: number, total: number): void;
}

/** The synthetic set's options, as its generator names them. */
function syntheticOptions(config: Config) {
  const { seed, rho, trainSubjects, holdoutSubjects } = config.synthetic;
  return { seed, rho, trainSubjects, holdoutSubjects };
}

/** Loads the clips a configuration names, rendering the synthetic set if it is missing. */
export async function loadData(config: Config, options: LoadDataOptions): Promise<ClipSet> {
  const { folder, signal, onProgress } = options;
  const recipe = recipeOf(config);
  let path = config.data;
  if (config.data === "synthetic") {
    const { seed, rho, trainSubjects, holdoutSubjects } = config.synthetic;
    const name = `synthetic-rho${rho}-seed${seed}-${trainSubjects}+${holdoutSubjects}-${config.size}px`;
    const rendering = { ...syntheticOptions(config), size: config.size, channels: config.inputChannels };
    await writeSyntheticDataSet(join(folder, name), rendering, {
      signal,
      onProgress: (done, total) => onProgress("rendering clips", done, total),
    });
    path = join(folder, name, "manifest.csv");
  }
  if (!path.endsWith(".safetensors")) {
    return await loadClipSet(path, recipe, {
      signal,
      onProgress: (done, total) => onProgress("reading clips", done, total),
    });
  }
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(path));
  const set = decodePacked(tensors, metadata, { name: path });
  for (const [key, value] of Object.entries(recipe)) {
    const packed = set.recipe[key as keyof typeof recipe];
    if (packed !== value) {
      throw new RangeError(`Cannot use ${path}: it was packed with ${key} ${packed}, the configuration says ${value}`);
    }
  }
  return set;
}

/** Training and held-out subjects of a configuration. */
export function splitOf(config: Config, set: ClipSet): SubjectSplit {
  const holdout = config.holdout ??
    (config.data === "synthetic" ? syntheticHoldout(syntheticOptions(config)) : 1 / 3);
  return splitSubjects(set, holdout, config.seed);
}

/** Settles where macro clips come from, as the method says; the result is recorded. */
export function settleMacro(config: Config, set: ClipSet): Config {
  if (config.algorithm === "supervised" || config.algorithm === "maml" || config.algorithm === "fomaml") {
    return {
      ...config,
      macro: "none",
      lambda1: 1,
      lambda2: 0,
      firstOrder: config.firstOrder || config.algorithm === "fomaml",
    };
  }
  let { macro } = config;
  if (macro === "data" && !set.kinds.includes("macro")) macro = config.frames > 1 ? "magnify" : "none";
  if (macro === "magnify" && config.frames === 1) {
    throw new RangeError("Cannot magnify: a clip of one frame has no movement; use --macro none");
  }
  return macro === "none" ? { ...config, macro, lambda1: 1, lambda2: 0 } : { ...config, macro };
}
