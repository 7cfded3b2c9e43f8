import { checkRecipe } from "./_check_recipe.ts";
import type { ApexChoice } from "./apex_choice.ts";
import type { LoadedClipSet, Recipe } from "./clip_set.ts";
import { loadClip } from "./load_clip.ts";
import type { ClipEntry } from "./clip_entry.ts";
import { indexEntries } from "./index_entries.ts";
import { readManifest } from "./read_manifest.ts";

/** Options of {@linkcode loadClipSet}. */
export interface LoadClipSetOptions {
  /** Clips read at the same time; each holds one decoded frame. @default {4} */
  readonly concurrency?: number;
  /** Largest frame to decode, in pixels. @default {40e6} */
  readonly maxPixels?: number;
  /** Stops the loading. */
  readonly signal?: AbortSignal;
  /** Told which frame of a clip served as its apex, where the recipe needs one. */
  readonly onApex?: (entry: ClipEntry, apex: ApexChoice) => void;
  /** Told how many sizes a clip's frames have, where it is more than one: each was resized by itself. */
  readonly onSizes?: (entry: ClipEntry, count: number) => void;
  /** Called after each clip with the number of clips done and of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Largest set held in memory, in bytes. */
const MAX_BYTES = 2 ** 32 - 1;

/** Says which row of which manifest an error belongs to, keeping its class. */
function atRow(error: unknown, manifest: string, row: ClipEntry): unknown {
  for (const type of [RangeError, SyntaxError, TypeError, Deno.errors.NotFound]) {
    if (!(error instanceof type)) continue;
    return new type(`Cannot load ${manifest}, line ${row.line} (${row.id}): ${error.message}`, { cause: error });
  }
  return error;
}

/**
 * Loads the clips of a manifest, preprocessed by one recipe.
 *
 * Rows are checked first, then the clips are read, `concurrency` at a time. Besides the result, one decoded frame
 * and `[M, H, W, C]` floats a clip in work are held. Clips keep the manifest's order; classes and subjects are sorted,
 * so that indices do not depend on it.
 *
 * @param manifestPath The manifest.
 * @param recipe Shape and resampling.
 * @param options Concurrency, progress, cancellation.
 * @returns The set.
 * @throws {Deno.errors.NotFound} When the manifest or a clip is missing.
 * @throws {SyntaxError} When the manifest or a picture cannot be parsed.
 * @throws {RangeError} When a clip cannot be cut as its row says. Messages name the manifest's line and the clip.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { loadClipSet } from "./mod.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeFile(`${folder}/a.png`, encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(9) }));
 * await Deno.writeTextFile(`${folder}/m.csv`, "id,database,subject,label,kind,path\nc1,db,s1,happy,micro,a.png\n");
 * const recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * const set = await loadClipSet(`${folder}/m.csv`, recipe);
 * assertEquals([set.classes, set.subjectNames, set.clips], [["happy"], ["db/s1"], Uint8Array.of(9)]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function loadClipSet(
  manifestPath: string,
  recipe: Recipe,
  options: LoadClipSetOptions = {},
): Promise<LoadedClipSet> {
  const { concurrency = 4, maxPixels = 40e6, signal, onApex, onSizes, onProgress } = options;
  checkRecipe(recipe, `load ${manifestPath}`);
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`Cannot load ${manifestPath}: expected a concurrency of 1 or more, got ${concurrency}`);
  }
  signal?.throwIfAborted();
  const rows = await readManifest(manifestPath);
  const indexed = indexEntries(rows, `load ${manifestPath}`);
  const clipSize = recipe.frames * recipe.size * recipe.size * recipe.channels;
  if (rows.length * clipSize > MAX_BYTES) {
    throw new RangeError(
      `Cannot load ${manifestPath}: expected at most ${MAX_BYTES} bytes, got ${rows.length} clips of ${clipSize}`,
    );
  }
  const clips = new Uint8Array(rows.length * clipSize); // [n, M, H, W, C]
  let next = 0;
  let done = 0;
  let failed = false;
  const work = async () => {
    while (next < rows.length && !failed) {
      signal?.throwIfAborted();
      const index = next++;
      const row = rows[index]!;
      try {
        const bytes = await loadClip(row, recipe, {
          maxPixels,
          onApex: (apex) => onApex?.(row, apex),
          onSizes: (count) => onSizes?.(row, count),
        });
        clips.set(bytes, index * clipSize);
      } catch (error) {
        failed = true;
        throw atRow(error, manifestPath, row);
      }
      onProgress?.(++done, rows.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, rows.length) }, work));
  return { recipe, clips, ...indexed };
}
