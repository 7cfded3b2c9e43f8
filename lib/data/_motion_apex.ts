import { type FrameShape, type ReadFrame, smallFrames } from "./_sum_frames.ts";

/**
 * The frame of largest motion of n ≥ 2 frames, 1 to n − 1.
 *
 * D_j = mean |grey_j − grey_0| over the cropped picture at the recipe's size, in grey levels; smoothed to
 * S_j = (D_{j−1} + 2 D_j + D_{j+1}) / 4 with the last D repeated; the first j ≥ 1 of largest S_j.
 */
export async function motionApex(
  read: ReadFrame,
  frames: number,
  { crop, size }: Omit<FrameShape, "channels">,
): Promise<number> {
  const small = smallFrames(read, { crop, size, channels: 1 });
  const onset = (await small(0)).slice();
  const motion = [0];
  for (let j = 1; j < frames; j++) {
    let sum = 0;
    (await small(j)).forEach((value, i) => sum += Math.abs(value - onset[i]!));
    motion.push(sum / onset.length);
  }
  let [best, largest] = [1, -1];
  for (let j = 1; j < frames; j++) {
    const smooth = (motion[j - 1]! + 2 * motion[j]! + motion[Math.min(j + 1, frames - 1)]!) / 4;
    if (smooth > largest) [best, largest] = [j, smooth];
  }
  return best;
}
