import { frameNumber } from "../frame_number.ts";
import { listFolder } from "./_list_folder.ts";

/** The frames of one folder, by name alone. */
export interface FrameFolder {
  readonly path: string;
  /** Numbers of the frames, ascending. */
  readonly numbers: readonly number[];
  /** Name of the first frame. */
  readonly first: string;
  /** Why its frames have no order; null when they have one. */
  readonly fault: string | null;
  readonly folders: readonly string[];
}

/** Lists a folder's frames; nothing is opened. */
export async function readFrameFolder(path: string): Promise<FrameFolder> {
  const { folders, files } = await listFolder(path);
  const names = new Map<number, string>();
  let fault: string | null = null;
  for (const name of files) {
    if (!/\.(png|jpe?g|bmp)$/i.test(name)) continue;
    const number = frameNumber(name);
    if (number === null) fault ??= `${name} has no number`;
    else if (names.has(number)) fault ??= `${names.get(number)} and ${name} have one number`;
    else names.set(number, name);
  }
  const numbers = [...names.keys()].sort((a, b) => a - b);
  if (numbers.length === 0) fault ??= folders.length > 0 ? "it holds folders only" : "it holds no picture";
  return { path, numbers, first: names.get(numbers[0] ?? -1) ?? "", fault, folders };
}
