import type { Config } from "../config/mod.ts";
import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { evaluationTasks } from "./_evaluation_tasks.ts";

/** Tasks that are looked at: more say the same. */
const TASKS = 20;

/**
 * Refuses random tasks of held-out subjects that have fewer classes, or calibration clips, than they are named for.
 *
 * @throws {RangeError} With the reason and the nearest thing that works.
 */
export function checkRandomTasks(
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  { shots, doing }: { readonly shots: number; readonly doing: string },
): void {
  const tasks = evaluationTasks(config, set, split, { shots, repeats: Math.min(config.repeats, TASKS) });
  for (const { episode: { ways, support } } of tasks) {
    if (ways.length < config.ways!) {
      throw new RangeError(
        `Cannot ${doing}: expected ${config.ways} classes, got ${ways.length}; use --set ways=${ways.length}`,
      );
    }
    const fewest = Math.min(...ways.map((label) => support.filter((clip) => set.labels[clip] === label).length));
    if (fewest < shots) {
      throw new RangeError(
        `Cannot ${doing} with K = ${shots}: expected ${shots + 1} clips of each class, got ${fewest + 1}; ` +
          `the largest K that works is ${fewest}, use --shots ${fewest}`,
      );
    }
  }
}
