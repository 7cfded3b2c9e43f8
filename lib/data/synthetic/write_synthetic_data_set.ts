import { basename, dirname, join, resolve } from "@std/path";
import { completeOptions } from "./_complete_options.ts";
import { syntheticTruth, TRUTH_FORMAT, type WrittenOptions } from "./_synthetic_truth.ts";
import { writeFrames } from "./_write_frames.ts";
import { renderClip, type RenderOptions } from "./render_clip.ts";
import type { SyntheticClip } from "./synthetic_clip.ts";
import { syntheticManifest } from "./synthetic_manifest.ts";
import type { SyntheticOptions } from "./synthetic_options.ts";

/** How writing is watched and stopped. */
export interface SyntheticWriteOptions {
  /** Called after each clip. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops writing; what was written is removed. */
  readonly signal?: AbortSignal;
}

/** What {@linkcode writeSyntheticDataSet} leaves behind. */
export interface SyntheticDataSet {
  /** The manifest's path. */
  readonly manifest: string;
  readonly clips: number;
  readonly frames: number;
  /** False when the same set was there already, or another process was faster. */
  readonly written: boolean;
}

/**
 * Writes a synthetic data set: `frames/SUBJECT/CLIP/001.png …`, `manifest.csv` and `truth.json`.
 *
 * Everything goes into a new folder beside `dir`, which takes its name once complete: an interrupted write is never
 * mistaken for a data set. A complete set of the same options is left as it is, also when another process finishes it
 * while this one writes; one of other options is replaced; a folder that holds anything else is refused.
 *
 * @param dir The data set's folder; its parent is created if need be.
 * @param options What to draw (defaults: {@linkcode SyntheticOptions}) and how large (32 × 32, grey).
 * @param watch Progress and cancellation.
 * @returns Where the manifest lies, and how much was written.
 * @throws {RangeError} When an option is out of range.
 * @throws {TypeError} When `dir` holds something else than a synthetic data set.
 * @throws The signal's reason, when it was aborted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { writeSyntheticDataSet } from "./mod.ts";
 * const dir = `${Deno.makeTempDirSync()}/faces`;
 * const set = await writeSyntheticDataSet(dir, { trainSubjects: 1, holdoutSubjects: 0, trainClips: 1, macroClips: 0 });
 * assertEquals([set.clips, set.written], [3, true]);
 * ```
 */
export async function writeSyntheticDataSet(
  dir: string,
  options: SyntheticOptions & RenderOptions = {},
  watch: SyntheticWriteOptions = {},
): Promise<SyntheticDataSet> {
  const { size = 32, channels = 1 } = options;
  const complete: WrittenOptions = { ...completeOptions(options), size, channels };
  const clips = syntheticManifest(complete);
  const target = resolve(dir);
  const summary = {
    manifest: join(target, "manifest.csv"),
    clips: clips.length,
    frames: clips.reduce((sum, clip) => sum + clip.offset - clip.onset + 1, 0),
  };
  const found = await inspect(target);
  if (found === describe(complete)) return { ...summary, written: false };

  await Deno.mkdir(dirname(target), { recursive: true });
  const partial = await Deno.makeTempDir({ dir: dirname(target), prefix: `.${basename(target)}-`, suffix: ".partial" });
  try {
    for (const [index, clip] of clips.entries()) {
      watch.signal?.throwIfAborted();
      await writeFrames(join(partial, clip.path), clip, renderClip(clip, { size, channels }), size, channels);
      watch.onProgress?.(index + 1, clips.length);
    }
    await Deno.writeTextFile(join(partial, "manifest.csv"), manifestText(clips));
    await Deno.writeTextFile(join(partial, "truth.json"), JSON.stringify(syntheticTruth(complete, clips), null, 1));
    watch.signal?.throwIfAborted();
    await Deno.chmod(partial, 0o755);
    const written = await publish(partial, target, describe(complete));
    if (!written) await Deno.remove(partial, { recursive: true });
    return { ...summary, written };
  } catch (error) {
    await Deno.remove(partial, { recursive: true });
    throw error;
  }
}

/** Times that a folder is looked at, or a set in the way is moved aside: each time another writer was faster. */
const TRIES = 8;

/**
 * Gives a complete folder its name, which is one rename. Of two writers of the same set the slower finds the other's in
 * its place and takes that: false. A set of other options is moved aside first, which is one rename too.
 */
async function publish(partial: string, target: string, wanted: string): Promise<boolean> {
  for (let attempt = 1;; attempt++) {
    try {
      await Deno.rename(partial, target); // takes the place of an empty folder as well
      return true;
    } catch (error) {
      const found = await inspect(target);
      if (found === wanted) return false;
      if (attempt === TRIES) throw error;
      if (found === null) await removeEmpty(target);
      else await moveAside(target, `${partial}.old`, wanted);
    }
  }
}

/** Takes an empty folder away, for systems where a rename does not replace it. */
async function removeEmpty(dir: string): Promise<void> {
  await Deno.remove(dir).catch(() => {}); // gone or full by now: the next attempt tells
}

/**
 * Moves a data set out of its place and removes it there; another writer may have done so. What another has just put in
 * its place is moved back.
 */
async function moveAside(target: string, aside: string, wanted: string): Promise<void> {
  try {
    await Deno.rename(target, aside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (await inspect(aside) === wanted) {
    const back = await Deno.rename(aside, target).then(() => true, () => false);
    if (back) return;
  }
  await Deno.remove(aside, { recursive: true });
}

/** The truth file of a folder; null when there is none in it. */
async function readTruth(dir: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(join(dir, "truth.json"));
  } catch (error) {
    const isFile = await Deno.stat(dir).then((info) => !info.isDirectory, () => false);
    if (isFile) throw new TypeError(`Cannot write the synthetic data set: expected ${dir} to be a folder, got a file`);
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Describes the data set in a folder; null when the folder is missing or empty. */
async function inspect(dir: string): Promise<string | null> {
  let text: string | null = null;
  for (let look = 0; look < TRIES && text === null; look++) {
    text = await readTruth(dir);
    // After the first look another writer may have put its set there: then the next one sees its truth.
    if (text === null && await isMissingOrEmpty(dir)) return null;
  }
  if (text === null) {
    throw new TypeError(`Cannot write the synthetic data set: expected ${dir} to be missing or a synthetic data set`);
  }
  try {
    const truth = JSON.parse(text) as { format?: unknown; options?: WrittenOptions } | null;
    if (typeof truth?.format === "number" && truth.options) return describe(truth.options, truth.format);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new TypeError(
    `Cannot write the synthetic data set: expected ${join(dir, "truth.json")} to be one of its truth files`,
  );
}

async function isMissingOrEmpty(dir: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(dir)) return false;
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

/** One text for equal options. */
function describe(options: WrittenOptions, format = TRUTH_FORMAT): string {
  const { seed, rho, trainSubjects, holdoutSubjects, trainClips, holdoutClips, macroClips, size, channels } = options;
  return JSON.stringify([
    format,
    seed,
    rho,
    trainSubjects,
    holdoutSubjects,
    trainClips,
    holdoutClips,
    macroClips,
    size,
    channels,
  ]);
}

/** The rows of manifest.csv; no field needs quoting. */
function manifestText(clips: readonly SyntheticClip[]): string {
  const rows = clips.map((clip) =>
    [
      clip.id,
      clip.database,
      clip.subject,
      clip.label,
      clip.kind,
      clip.path,
      clip.onset,
      clip.apex,
      clip.offset,
      clip.fps,
    ].join(",")
  );
  return ["id,database,subject,label,kind,path,onset,apex,offset,fps", ...rows, ""].join("\n");
}
