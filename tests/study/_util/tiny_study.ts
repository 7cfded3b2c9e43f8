import { type Config, type ConfigInput, configSchema } from "../../../lib/config/mod.ts";
import type { LoadedClipSet } from "../../../lib/data/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { clipSet } from "../../data/_util/clip_set.ts";

/** Trainings of a fraction of a second: single grey frames of 16 px, two channels, two steps. */
export function tinyConfig(changes: ConfigInput = {}): Config {
  return configSchema.parse({
    algorithm: "maml",
    frames: 1,
    size: 16,
    input: "frames",
    decoder: "none",
    channels: 2,
    macro: "none",
    shots: 1,
    queries: 1,
    tasksPerStep: 1,
    outerSteps: 2,
    ...changes,
  });
}

/** Rows as {@linkcode clipSet} takes them, with pictures that a network can tell apart: stripes of the class, noised. */
export function pictureSet(rows: Parameters<typeof clipSet>[0]): LoadedClipSet {
  const set = clipSet(rows);
  const random = createRandom(0, "test pictures");
  const size = 16;
  const clips = Uint8Array.from({ length: set.ids.length * size * size }, (_, at) => {
    const [clip, x] = [Math.floor(at / size ** 2), at % size];
    return 128 + 60 * Math.sin(x * (1 + set.labels[clip]!) / 2) + random.range(-60, 60);
  });
  return { ...set, clips, recipe: { frames: 1, size, channels: 1, input: "frames", time: "tim" } };
}

/** Four people of two databases, two classes, three clips a class. */
export const FOUR_PEOPLE: LoadedClipSet = pictureSet(
  ["a/1", "a/2", "b/1", "b/2"].flatMap((subject) =>
    ["calm", "glad"].map((label) => [subject, label, 3, "micro"] as const)
  ),
);
