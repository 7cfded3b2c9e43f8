import { join } from "@std/path";
import { fileError } from "./_file_error.ts";
import { frameNumber } from "./frame_number.ts";
import { decodeImage } from "./decode_image.ts";
import type { FrameSource } from "./frame_source.ts";
import type { RawImage } from "./raw_image.ts";

/** Options of {@linkcode readFrames}. */
export interface ReadFramesOptions {
  /** Number of the first frame taken, as in its name's last digit run; null: from the beginning. @default {null} */
  readonly onset?: number | null;
  /** Number of the last frame taken, inclusive; null: to the end. @default {null} */
  readonly offset?: number | null;
  /** Number of the apex frame; null: not known. @default {null} */
  readonly apex?: number | null;
  /** Largest frame to decode, in pixels. @default {40e6} */
  readonly maxPixels?: number;
}

/** Frames of one clip on disk. */
export interface ClipFrames extends FrameSource {
  /** Paths of the frames, in order. */
  readonly paths: readonly string[];
  /** Index of the apex, the frame whose number is nearest to it (the earlier of two); null: not known. */
  readonly apex: number | null;
  read(index: number): Promise<RawImage>;
}

/** Index of the number nearest to `wanted`, the first of two as near. */
function nearestIndex(numbers: readonly (number | null)[], wanted: number): number {
  const away = numbers.map((number) => Math.abs((number ?? 0) - wanted));
  return away.indexOf(Math.min(...away));
}

/** Picture files of a folder with their numbers, ascending. Thumbs.db, ._x.jpg and other companions are passed over. */
async function listFrames(folder: string): Promise<{ name: string; number: number | null }[]> {
  const frames: { name: string; number: number | null }[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory || name.startsWith(".") || !/\.(png|jpe?g|bmp)$/i.test(name)) continue;
    frames.push({ name, number: frameNumber(name) });
  }
  if (frames.length === 0) throw new RangeError(`Cannot read frames: expected PNG, JPEG or BMP in ${folder}, got none`);
  frames.sort((a, b) => (a.number ?? -1) - (b.number ?? -1) || (a.name < b.name ? -1 : 1));
  for (let i = 1; i < frames.length; i++) {
    const [a, b] = [frames[i - 1]!, frames[i]!];
    if (a.number !== null && a.number !== b.number) continue;
    const what = a.number === null ? `a number in the name, got ${a.name}` : `one, got ${a.name} and ${b.name}`;
    throw new RangeError(`Cannot order the frames of ${folder}: for every frame expected ${what}`);
  }
  return frames;
}

/**
 * Opens a clip: a folder of frames, or one picture as a clip of one frame.
 *
 * Frames are ordered by the last digit run of their names, as a number (`img9` before `img10`). Files that are no
 * pictures are passed over. `onset` and `offset` are such numbers and cut the window onset..offset, both included;
 * numbers between them may be missing, they themselves may not. `apex` is another and only looked up. For a single picture they say nothing and are ignored.
 * Nothing is decoded before {@linkcode FrameSource.read}, and then one frame at a time.
 *
 * @param path A folder or a picture file.
 * @param options Window and limits.
 * @returns The frames, whose sizes may differ.
 * @throws {Deno.errors.NotFound} When there is no such file or folder.
 * @throws {RangeError} When the folder has no picture, two frames share a number or have none, or no frame carries the
 * onset's or offset's number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encode } from "fast-png";
 * import { readFrames } from "./mod.ts";
 * const folder = await Deno.makeTempDir();
 * for (const i of [8, 9, 10]) {
 *   const png = encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(i) });
 *   await Deno.writeFile(`${folder}/img${i}.png`, png);
 * }
 * const frames = await readFrames(folder, { onset: 9 });
 * assertEquals([frames.length, (await frames.read(1)).data[0]], [2, 10]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readFrames(path: string, options: ReadFramesOptions = {}): Promise<ClipFrames> {
  const { onset = null, apex = null, offset = null, maxPixels = 40e6 } = options;
  let paths = [path];
  let apexIndex: number | null = null;
  try {
    if ((await Deno.stat(path)).isDirectory) {
      const frames = await listFrames(path);
      const [first, last] = [frames[0]!.number, frames.at(-1)!.number];
      for (const [what, number] of [["onset", onset], ["offset", offset]] as const) {
        if (number === null || frames.some((frame) => frame.number === number)) continue;
        const outside = first === null || number < first || number > last!;
        throw new RangeError(
          `Cannot cut ${path}: expected a frame numbered ${number} (the ${what}), ` +
            (outside ? `got frames ${first ?? "without number"} to ${last ?? "without number"}` : "got a gap there"),
        );
      }
      if (onset !== null && offset !== null && onset > offset) {
        throw new RangeError(`Cannot cut ${path}: expected onset <= offset, got ${onset} > ${offset}`);
      }
      const window = frames.filter(({ number }) =>
        (onset === null || number! >= onset) && (offset === null || number! <= offset)
      );
      paths = window.map(({ name }) => join(path, name));
      if (apex !== null) apexIndex = nearestIndex(window.map(({ number }) => number), apex);
    }
  } catch (error) {
    throw fileError(error, `read ${path}`);
  }
  return {
    length: paths.length,
    paths,
    apex: apexIndex,
    async read(index) {
      const file = paths[index];
      if (file === undefined) {
        throw new RangeError(`Cannot read frame ${index} of ${path}: expected 0 to ${paths.length - 1}`);
      }
      return await decodeImage(await Deno.readFile(file), file, { maxPixels });
    },
  };
}
