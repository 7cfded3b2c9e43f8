import type { FrameFolder } from "./_read_frame_folder.ts";

/** Frame numbers of one movement. */
export interface Window {
  readonly onset: number | null;
  readonly apex: number | null;
  readonly offset: number | null;
}

/** Where a number stands among ascending numbers: the index of the first that is not smaller. */
function lowerBound(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The nearest of ascending numbers; of two equally near the smaller, or the larger for `up`. */
function nearest(numbers: readonly number[], value: number, up: boolean): number {
  const at = lowerBound(numbers, value);
  const [below, above] = [numbers[at - 1], numbers[at]];
  if (below === undefined) return above!;
  if (above === undefined) return below;
  const nearer = value - below - (above - value);
  return nearer < 0 || (nearer === 0 && !up) ? below : above;
}

/** Some numbers, shortened. */
const some = (numbers: readonly number[]) =>
  numbers.length > 5 ? `${numbers.slice(0, 5).join(", ")}, … (${numbers.length})` : numbers.join(", ");

/**
 * Fits an annotated window to the frames that exist.
 *
 * A number without a frame is moved to the nearest frame. Onset and offset stay numbers of existing frames, as the
 * frame reader demands.
 *
 * @param find Takes what was changed, one sentence each.
 * @returns The window, or null when no frame lies in it.
 */
export function cutWindow(window: Window, { numbers }: FrameFolder, find: (message: string) => void): Window | null {
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  const [from, to] = [window.onset ?? first, window.offset ?? last];
  if (lowerBound(numbers, from) >= lowerBound(numbers, to + 1)) {
    find(`no frame of ${from} to ${to} is there (frames ${first} to ${last}): left out`);
    return null;
  }
  const fit = (what: "onset" | "apex" | "offset", value: number | null) => {
    if (value === null) return null;
    const number = nearest(numbers, value, what === "onset");
    if (number !== value) find(`the ${what} ${value} has no frame: the nearest, ${number}, was taken`);
    return number;
  };
  const [onset, apex, offset] = [fit("onset", from)!, fit("apex", window.apex), fit("offset", to)!];
  const missing: number[] = [];
  for (let i = lowerBound(numbers, onset); numbers[i]! < offset; i++) {
    for (let gap = numbers[i]! + 1; gap < numbers[i + 1]! && missing.length < 1000; gap++) missing.push(gap);
  }
  if (missing.length > 0) find(`frames between onset and offset are missing: ${some(missing)}`);
  return { onset, apex: apex === null ? null : Math.min(Math.max(apex, onset), offset), offset };
}
