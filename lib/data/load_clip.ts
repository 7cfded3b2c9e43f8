import type { ApexChoice } from "./apex_choice.ts";
import type { ClipEntry } from "./clip_entry.ts";
import type { Recipe } from "./clip_set.ts";
import type { FrameSource } from "./frame_source.ts";
import { preprocessClip } from "./preprocess_clip.ts";
import { readFrames } from "./read_frames.ts";

/** Options of {@linkcode loadClip}. */
export interface LoadClipOptions {
  /** Largest frame to decode, in pixels. @default {40e6} */
  readonly maxPixels?: number;
  /** Told which frame served as the apex, where the recipe needs one. */
  readonly onApex?: (apex: ApexChoice) => void;
  /** Told how many sizes the frames have that were read, where it is more than one. */
  readonly onSizes?: (count: number) => void;
}

/**
 * Reads and preprocesses one clip of a listing as its entry says: onset, apex, offset, face box and kind.
 *
 * A clip without apex gets one by `recipe.missingApex`; a clip without offset does not end where its movement ends, so
 * there it is the frame of largest motion.
 *
 * @param entry The clip.
 * @param recipe Shape and resampling.
 * @param options Limits, and who is told of the apex.
 * @returns `[M, H, W, C]` bytes.
 * @throws {Deno.errors.NotFound} When there are no such frames.
 * @throws {SyntaxError} When a picture cannot be parsed.
 * @throws {RangeError} When the clip cannot be cut as its entry says.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { loadClip, readManifest } from "./mod.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeFile(`${folder}/a.png`, encode({ width: 2, height: 1, channels: 1, data: Uint8Array.of(9, 5) }));
 * const rows = "id,database,subject,label,kind,path,crop\nc1,db,s1,happy,micro,a.png,1 0 1 1\n";
 * await Deno.writeTextFile(`${folder}/m.csv`, rows);
 * const [entry] = await readManifest(`${folder}/m.csv`);
 * const recipe = { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" } as const;
 * assertEquals(await loadClip(entry!, recipe), Uint8Array.of(5));
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function loadClip(entry: ClipEntry, recipe: Recipe, options: LoadClipOptions = {}): Promise<Uint8Array> {
  const { onset, apex, offset, crop = null, kind } = entry;
  const { maxPixels = 40e6, onApex, onSizes } = options;
  const frames = await readFrames(entry.path, { onset, apex, offset, maxPixels });
  const sizes = new Set<string>();
  const seen: FrameSource = {
    length: frames.length,
    async read(index) {
      const image = await frames.read(index);
      sizes.add(`${image.width} ${image.height}`);
      return image;
    },
  };
  const trimmed = offset !== null;
  const clip = await preprocessClip(seen, recipe, {
    crop,
    kind,
    apex: frames.apex,
    trimmed,
    ...(onApex && { onApex }),
  });
  if (sizes.size > 1) onSizes?.(sizes.size);
  return clip;
}
