import type { ClipSet } from "../data/mod.ts";
import { nameMemory, type Statistics, type StoredMemory } from "../inference/mod.ts";
import type { JobRunner, Theta } from "./_jobs.ts";
import { microClips } from "./_micro_clips.ts";

/** Clips a batch. */
const BATCH = 32;

/**
 * What an uncalibrated network that compares compares with: the mean of the features of each class's micro clips, over
 * all training subjects, under θ and its running statistics. A class without such clips has no entry. With shuffled labels
 * the first `classes` stand in: an uncalibrated answer means nothing there.
 */
export async function baseMemory(
  runner: JobRunner,
  { theta, stats }: { readonly theta: Theta; readonly stats: Statistics },
  set: ClipSet,
  subjects: readonly number[],
  classes = set.classes.length,
): Promise<StoredMemory> {
  const micro = microClips(set, subjects);
  const batches = Array.from(
    { length: Math.ceil(micro.length / BATCH) },
    (_, k) => micro.slice(k * BATCH, (k + 1) * BATCH),
  );
  const results = await runner.run<"features">(
    batches.map((clips) => ({ kind: "features" as const, theta, stats, clips })),
  );
  const rows = results.flatMap((result) => result.rows);
  const known = set.classes.map((_, k) => k).slice(0, classes).filter((k) => micro.some((i) => set.labels[i] === k));
  return nameMemory(
    known.map((k) => {
      const own = rows.filter((_, at) => set.labels[micro[at]!] === k);
      const sum = new Float64Array(own[0]!.length);
      for (const row of own) row.forEach((value, f) => sum[f]! += value);
      return Float32Array.from(sum, (value) => value / own.length);
    }),
    known,
  );
}
