import type { Config } from "../config/mod.ts";
import type { ClipSet, SubjectSplit } from "../data/mod.ts";
import { evaluationTasks } from "./_evaluation_tasks.ts";

/** Tasks that are looked at: more say the same. */
const TASKS = 20;

/** Some tasks, as the evaluation will draw them. */
function drawTasks(config: Config, set: ClipSet, split: SubjectSplit, { shots, doing }: RandomTasksOptions) {
  try {
    return evaluationTasks(config, set, split, { shots, repeats: Math.min(config.repeats, TASKS) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const more = config.episodes === "mixed" ? "" : "--set episodes=mixed, or ";
    throw new RangeError(`Cannot ${doing}: there is none (${error.message}); use ${more}more of these subjects`);
  }
}

/** Which evaluation. */
interface RandomTasksOptions {
  /** K. */
  readonly shots: number;
  /** What begins the message, and whose tasks they are. */
  readonly doing: string;
}

/**
 * Refuses random tasks of held-out subjects that have fewer classes, or calibration clips, than they are named for.
 *
 * @throws {RangeError} With the reason and the nearest thing that works.
 */
export function checkRandomTasks(
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  { shots, doing }: RandomTasksOptions,
): void {
  for (const { episode: { ways, support } } of drawTasks(config, set, split, { shots, doing })) {
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
