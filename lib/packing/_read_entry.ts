import { basename } from "@std/path";
import { encode } from "fast-png";
import {
  type ClipEntry,
  type ClipFrames,
  frameNumber,
  preprocessClip,
  type RawImage,
  readFrames,
  type Recipe,
} from "../data/mod.ts";
import type { ClipJob } from "./_clip_jobs.ts";
import type { ApexSource, ClipFacts, ClipPicture } from "./clip_facts.ts";

/** A clip, read. */
export interface ReadEntry {
  /** `[M, H, W, C]` bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly facts: ClipFacts;
  readonly pictures: readonly ClipPicture[];
}

/** Smallest side of a picture on the sheet: below it nobody sees whether a crop is right. */
const PICTURE_SIDE = 96;

/** The number that readFrames() orders by. */
const numberOf = (path: string) => frameNumber(basename(path));

/** A frame as the recipe crops and sizes it. */
async function stillOf(image: RawImage, recipe: Recipe, crop: ClipEntry["crop"]): Promise<RawImage> {
  const { channels } = image;
  const size = Math.max(PICTURE_SIDE, recipe.size);
  const still: Recipe = { frames: 1, size, channels, input: "frames", time: "nearest" };
  return { width: size, height: size, channels, data: await preprocessClip([image], still, { crop: crop ?? null }) };
}

/** What the change from onset to apex is multiplied by, so that it can be seen. */
const GAIN = 4;

/** Mean of a pixel's channels. */
function grey({ data, channels }: RawImage, pixel: number): number {
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += data[pixel * channels + c]!;
  return sum / channels;
}

/** Apex − onset around middle grey: a face that stays in its place leaves only the movement. */
function changeOf(onset: RawImage, apex: RawImage): RawImage {
  const { width, height } = onset;
  const data = new Uint8ClampedArray(width * height);
  for (let i = 0; i < data.length; i++) data[i] = 128 + GAIN * (grey(apex, i) - grey(onset, i));
  return { width, height, channels: 1, data: new Uint8Array(data.buffer) };
}

/** Onset, apex and offset as pictures, and the change from onset to apex; of a clip of one frame that alone. */
async function picturesOf(frames: ClipFrames, apex: number, { entry, recipe }: Pick<ClipJob, "entry" | "recipe">) {
  const last = frames.length - 1;
  const roles = new Map<number, ClipPicture["what"]>([[last, "offset"], [apex, "apex"], [0, "onset"]]);
  const stills = new Map<number, RawImage>();
  for (const index of [...roles.keys()].sort((a, b) => a - b)) {
    stills.set(index, await stillOf(await frames.read(index), recipe, entry.crop));
  }
  const pictures = [...stills].map(([index, still]): ClipPicture => (
    { what: roles.get(index)!, number: numberOf(frames.paths[index]!), png: encode(still) }
  ));
  const change = changeOf(stills.get(0)!, stills.get(apex)!);
  return last === 0 ? pictures : [...pictures, { what: "change" as const, number: null, png: encode(change) }];
}

/** Reads, cuts and preprocesses one clip. */
export async function readEntry({ entry, recipe, all, pictures, strict }: ClipJob): Promise<ReadEntry> {
  const { onset, apex, offset, crop = null, kind } = entry;
  const frames = await readFrames(entry.path, { onset, apex, offset });
  const last = frames.length - 1;
  const seen = new Set<number>();
  const sizes = new Set<string>();
  let shape: Pick<ClipFacts, "width" | "height" | "channels"> | undefined;
  const source = {
    length: frames.length,
    async read(index: number) {
      const image = await frames.read(index);
      shape ??= { width: image.width, height: image.height, channels: image.channels };
      sizes.add(`${image.width} x ${image.height}`);
      if (strict && sizes.size > 1) {
        const [first, other] = sizes;
        throw new RangeError(`Cannot read ${frames.paths[index]}: expected frames of one size, ${first}, got ${other}`);
      }
      seen.add(index);
      return image;
    },
  };
  let choice: { readonly frame: number; readonly source: ApexSource } = frames.apex === null
    ? { frame: Math.floor(last / 2), source: "unknown" }
    : { frame: frames.apex, source: "annotated" };
  const bytes = await preprocessClip(source, recipe, {
    ...{ crop, kind, apex: frames.apex, trimmed: offset !== null },
    onApex: (found) => choice = found,
  });
  if (all) { for (let i = 0; i <= last; i++) if (!seen.has(i)) await source.read(i); }
  const [first, end] = [numberOf(frames.paths[0]!), numberOf(frames.paths[last]!)];
  return {
    bytes: bytes as Uint8Array<ArrayBuffer>,
    facts: {
      frames: frames.length,
      ...shape!,
      sizes: sizes.size,
      onset: first,
      apex: numberOf(frames.paths[choice.frame]!),
      offset: end,
      apexSource: choice.source,
      gaps: first === null || end === null ? 0 : end - first + 1 - frames.length,
    },
    pictures: pictures ? await picturesOf(frames, choice.frame, { entry, recipe }) : [],
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
