import { basename } from "@std/path";
import { encode } from "fast-png";
import { type ClipEntry, preprocessClip, type RawImage, readFrames, type Recipe } from "../data/mod.ts";
import type { ClipFacts, ClipPicture } from "./clip_facts.ts";

/** What is wanted of a clip. */
export interface ReadEntryOptions {
  /** Decode every frame, also those that the recipe passes over. */
  readonly all: boolean;
  /** Make pictures for a contact sheet. */
  readonly pictures: boolean;
}

/** A clip, read. */
export interface ReadEntry {
  /** `[M, H, W, C]` bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly facts: ClipFacts;
  readonly pictures: readonly ClipPicture[];
}

/** Smallest side of a picture on the sheet: below it nobody sees whether a crop is right. */
const PICTURE_SIDE = 96;

/** The last digit run before the extension, as readFrames() orders by. */
function numberOf(path: string): number | null {
  const run = basename(path).replace(/\.[^.]*$/, "").match(/\d+(?!.*\d)/s);
  return run === null ? null : Number(run[0]);
}

/** A frame as the recipe crops and sizes it. */
async function stillOf(image: RawImage, recipe: Recipe): Promise<RawImage> {
  const { channels } = image;
  const size = Math.max(PICTURE_SIDE, recipe.size);
  const still: Recipe = { frames: 1, size, channels, input: "frames", time: "nearest" };
  return { width: size, height: size, channels, data: await preprocessClip([image], still) };
}

/** What the change from onset to apex is multiplied by, so that it can be seen. */
const GAIN = 4;

/** Apex − onset around middle grey: a face that stays in its place leaves only the movement. */
function changeOf(onset: RawImage, apex: RawImage): RawImage {
  const { width, height, channels } = onset;
  const data = new Uint8ClampedArray(width * height);
  for (let i = 0; i < data.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += apex.data[i * channels + c]! - onset.data[i * channels + c]!;
    data[i] = 128 + GAIN * sum / channels;
  }
  return { width, height, channels: 1, data: new Uint8Array(data.buffer) };
}

/** Reads, cuts and preprocesses one clip. */
export async function readEntry(entry: ClipEntry, recipe: Recipe, options: ReadEntryOptions): Promise<ReadEntry> {
  const frames = await readFrames(entry.path, { onset: entry.onset, offset: entry.offset });
  const numbers = frames.paths.map(numberOf);
  const last = frames.length - 1;
  const annotated = entry.apex === null ? -1 : numbers.indexOf(entry.apex);
  const apex = annotated >= 0 ? annotated : Math.floor(last / 2);
  const roles = new Map<number, ClipPicture["what"]>([[last, "offset"], [apex, "apex"], [0, "onset"]]);
  const stills = new Map<number, RawImage>();
  const seen = new Set<number>();
  let shape: Pick<ClipFacts, "width" | "height" | "channels"> | undefined;
  const source = {
    length: frames.length,
    async read(index: number) {
      const image = await frames.read(index);
      shape ??= { width: image.width, height: image.height, channels: image.channels };
      if (options.pictures && roles.has(index) && !seen.has(index)) stills.set(index, await stillOf(image, recipe));
      seen.add(index);
      return image;
    },
  };
  const bytes = await preprocessClip(source, recipe) as Uint8Array<ArrayBuffer>;
  if (options.all) { for (let i = 0; i <= last; i++) if (!seen.has(i)) await source.read(i); }
  const pictures: ClipPicture[] = [...stills].sort(([a], [b]) => a - b)
    .map(([index, still]) => ({ what: roles.get(index)!, number: numbers[index]!, png: encode(still) }));
  if (options.pictures && last > 0) {
    pictures.push({ what: "change", number: null, png: encode(changeOf(stills.get(0)!, stills.get(apex)!)) });
  }
  const [onset, offset] = [numbers[0] ?? null, numbers[last] ?? null];
  return {
    bytes,
    facts: {
      frames: frames.length,
      ...shape!,
      onset,
      apex: numbers[apex] ?? null,
      offset,
      apexSource: annotated >= 0 ? "annotated" : "midpoint",
      gaps: onset === null || offset === null ? 0 : offset - onset + 1 - frames.length,
    },
    pictures,
  };
}

/** Tells the state of a clip's files without reading them: names, sizes and times of change. */
export async function stampOf(entry: ClipEntry): Promise<string> {
  const { paths } = await readFrames(entry.path, { onset: entry.onset, offset: entry.offset });
  const facts: string[] = [];
  for (const path of paths) {
    const { size, mtime } = await Deno.stat(path);
    facts.push(`${basename(path)} ${size} ${mtime?.getTime() ?? ""}`);
  }
  return facts.join("\n");
}
