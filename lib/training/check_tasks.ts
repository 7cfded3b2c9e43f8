import { ALGORITHMS, type Config } from "../config/mod.ts";
import { type ClipSet, sampleEpisode, type SubjectSplit } from "../data/mod.ts";
import { createRandom } from "../random/mod.ts";
import { countClasses } from "./_count_classes.ts";
import { checkRandomTasks } from "./_check_random_tasks.ts";
import { validationSplit } from "./validation_split.ts";

/** Options of {@linkcode checkTasks}. */
export interface CheckTasksOptions {
  /** K of each evaluation. @default {the configuration's} */
  readonly shots?: readonly number[];
  /** What begins the message. @default {"train"} */
  readonly doing?: string;
}

function namesOf(set: ClipSet, subjects: readonly number[]): string {
  return subjects.length > 3
    ? `${subjects.length} subjects`
    : subjects.map((subject) => set.subjectNames[subject]).join(", ");
}

/** Why these subjects offer no task, with the ways that they offer where these are too few; null when they do. */
function whyNoTask(
  config: Config,
  set: ClipSet,
  train: readonly number[],
): { readonly why: string; readonly ways?: number } | null {
  const { ways, shots, queries, macros, episodes: scope, shuffleLabels, seed } = config;
  try {
    const task = sampleEpisode(set, train, { ways, shots, queries, macros, scope }, createRandom(seed, "plan"));
    if (!shuffleLabels || task.ways.length === ways) return null;
    return { why: `expected tasks of ${ways} classes, got one of ${task.ways.length}`, ways: task.ways.length };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { why: error.message };
  }
}

/**
 * Refuses a training whose clips cannot support it, before anything is computed: too few classes, more ways than
 * classes, nobody to set aside for validation, training subjects without a task, random tasks smaller than they are
 * named for.
 *
 * @param config The configuration.
 * @param set The clips.
 * @param split Training and held-out subjects.
 * @param options K of the evaluations, and what begins the message.
 * @throws {RangeError} With the reason and the nearest thing that works.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import type { ClipSet } from "../data/mod.ts";
 * import { checkTasks } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(2), ids: [..."ab"], labels: Int32Array.of(0, 0), subjects: Int32Array.of(0, 1),
 *   kinds: ["micro", "micro"], classes: ["happy"], subjectNames: ["db/1", "db/2"],
 * };
 * const split = { train: [0], heldout: [1] };
 * assertThrows(() => checkTasks(configSchema.parse({}), set, split), RangeError, "micro clips of two classes or more");
 * ```
 */
export function checkTasks(config: Config, set: ClipSet, split: SubjectSplit, options: CheckTasksOptions = {}): void {
  const { shots = [config.shots], doing = "train" } = options;
  const fail = (why: string): never => {
    throw new RangeError(`Cannot ${doing}: ${why}`);
  };
  const counts = countClasses(set, set.subjectNames.keys());
  const shown = set.classes.filter((_, label) => counts[label]! > 0);
  if (shown.length < 2) {
    fail(`expected micro clips of two classes or more, got ${shown.length === 0 ? "none" : `only ${shown[0]}`}`);
  }
  if (config.ways !== null && config.ways > shown.length) {
    fail(
      `expected ways of at most ${shown.length}, the classes there are, got ${config.ways}; use --set ways=${shown.length}`,
    );
  }
  const validation = validationSplit(config, set, split.train);
  const train = validation?.train ?? split.train;
  if (ALGORITHMS[config.algorithm].training !== "supervised" && config.outerSteps > 0) {
    const problem = whyNoTask(config, set, train);
    if (problem !== null) {
      const mixed = config.episodes !== "mixed" && whyNoTask({ ...config, episodes: "mixed" }, set, train) === null;
      const instead = [
        ...(mixed ? ["--set episodes=mixed"] : []),
        ...(problem.ways === undefined ? [] : [`--set ways=${problem.ways}`]),
        ...(config.shuffleLabels ? [] : ["--algorithm supervised"]),
      ];
      fail(
        `with ${namesOf(set, split.heldout)} held out${
          validation === null ? "" : ` and ${namesOf(set, validation.heldout)} set aside`
        } there is no training task (${problem.why})${
          instead.length > 0 ? `; use ${instead.join(" or ")}` : "; add clips"
        }`,
      );
    }
  }
  if (!config.shuffleLabels) return;
  for (const [who, side] of [["held-out", split], ["validation", validation]] as const) {
    if (side === null) continue;
    for (const k of shots) {
      checkRandomTasks(config, set, side, { shots: k, doing: `${doing} on tasks of ${who} subjects` });
    }
  }
}
