import { ALGORITHMS, type Config, innerStepsOf } from "../config/mod.ts";
import { canMagnify, type ClipSet, type SubjectSplit } from "../data/mod.ts";
import { architectureOf, calibrationWork } from "../inference/mod.ts";
import { type ClipWork, estimateBytes } from "../meta/mod.ts";
import { checkMemory } from "../runtime/mod.ts";
import { countClasses } from "./_count_classes.ts";
import { evaluationTasks } from "./_evaluation_tasks.ts";
import { microClips } from "./_micro_clips.ts";
import { STATISTICS_BATCH } from "./_running_statistics.ts";
import { type ClipCounts, taskWork } from "./_task_work.ts";

function macroCount({ config, set, support, ways }: {
  readonly config: Config;
  readonly set: ClipSet;
  readonly support: number;
  readonly ways: number;
}): number {
  if (config.lambda2 === 0 || config.macro === "none") return 0;
  if (config.macro === "magnify") return support;
  return Math.min(config.macros * ways, set.kinds.filter((kind) => kind === "macro").length);
}

/** No task of the training subjects has more clips than this; see `sampleEpisode` for how one is drawn. */
function largestTask(config: Config, set: ClipSet, train: readonly number[]): ClipCounts {
  const { shots, queries, ways } = config;
  const all = countClasses(set, train);
  let largest: ClipCounts = { support: 0, query: 0, macro: 0 };
  // A task over several subjects draws from them as if they were one.
  const pools = config.episodes === "within" ? train.map((subject) => countClasses(set, [subject])) : [all];
  for (const own of pools) {
    const wanted = ways ?? Math.max(2, own.filter((count) => count >= 2).length);
    const classes = own.map((count, label) => {
      const clips = Math.min(count >= 2 ? count : all[label]!, shots + queries);
      const support = Math.min(shots, Math.max(0, clips - 1));
      return { support, query: Math.max(0, Math.min(queries, clips - support)), clips };
    }).filter(({ clips }) => clips >= 2).sort((a, b) => b.clips - a.clips).slice(0, wanted);
    const sum = (of: "support" | "query") => classes.reduce((total, row) => total + row[of], 0);
    const [support, query] = [sum("support"), sum("query")];
    if (support + query <= largest.support + largest.query) continue;
    largest = { support, query, macro: macroCount({ config, set, support, ways: classes.length }) };
  }
  return largest;
}

/** The largest calibration of the held-out subjects, and their largest query set. */
function largestEvaluation(config: Config, set: ClipSet, split: SubjectSplit, shots: number) {
  const { lambda2, macro, repeats } = config;
  // Without macro clips of their own, micro clips are magnified.
  const magnifies = lambda2 > 0 && macro !== "none" && canMagnify(set.recipe);
  const tasks = evaluationTasks(config, set, split, { shots, repeats });
  const counts = tasks.map(({ episode }) => {
    const micro = episode.support.length;
    return { micro, macro: episode.macro.length || (magnifies ? micro : 0) };
  });
  return {
    calibration: counts.reduce((a, b) => a.micro + a.macro >= b.micro + b.macro ? a : b, { micro: 0, macro: 0 }),
    queries: tasks.reduce((most, { episode }) => Math.max(most, episode.query.length), 0),
  };
}

/**
 * Refuses a run of which a piece would not fit into memory: the largest task, a batch of mixed clips, a batch for running
 * statistics, or the calibration of a held-out subject. What is refused at the end of a run is work lost.
 *
 * @throws {MemoryLimitError} Naming the work, its size and what to reduce.
 */
export function checkTrainingMemory(config: Config, set: ClipSet, split: SubjectSplit): void {
  const architecture = architectureOf(config, set.classes.length);
  const { frames, size, channels } = config;
  const innerSteps = innerStepsOf(config);
  const supervised = ALGORITHMS[config.algorithm].training === "supervised";
  const each = `of ${frames} frames at ${size} px in ${channels} channels`;
  const check = (work: ClipWork, what: string, reduce: string) =>
    checkMemory(estimateBytes(architecture, size, work), `train: ${what} ${each}`, `size, frames, channels, ${reduce}`);
  const micro = microClips(set, split.train).length;
  if (!supervised && config.uncalibratedWeight < 1) {
    const task = largestTask(config, set, split.train);
    check(
      taskWork(config, task),
      `a step on ${task.support} support, ${task.query} query and ${task.macro} macro clips`,
      `shots, queries${task.macro > 0 ? ", macros" : ""}${innerSteps > 1 ? " or innerSteps" : " or ways"}`,
    );
  }
  if (supervised || config.uncalibratedWeight > 0) {
    const clips = Math.min(micro, (config.shots + config.queries) * set.classes.length);
    const macro = supervised ? macroCount({ config, set, support: clips, ways: set.classes.length }) : 0;
    check({ support: clips, macro, innerSteps: 0, order: 1 }, `a step on ${clips} mixed clips`, "shots or queries");
  }
  const batch = Math.min(micro, Math.ceil(1.5 * STATISTICS_BATCH));
  check({ support: batch, innerSteps: 0, order: 0 }, `running statistics of ${batch} clips`, "or lower all three");
  checkCalibrationMemory(config, set, split, config.shots, "train");
}

/**
 * Refuses an evaluation of which a calibration would not fit into memory, or with transductive normalisation the query
 * clips of one subject, which are then one batch.
 *
 * @throws {MemoryLimitError} Naming the work, its size and what to reduce.
 */
export function checkCalibrationMemory(
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  shots: number,
  doing: "train" | "evaluate" = "evaluate",
): void {
  const { frames, size, channels, norm } = config;
  const { calibration, queries } = largestEvaluation(config, set, split, shots);
  const architecture = architectureOf(config, set.classes.length);
  const each = `clips of ${frames} frames at ${size} px in ${channels} channels`;
  checkMemory(
    estimateBytes(architecture, size, calibrationWork(config, calibration)),
    `${doing}: a calibration on ${calibration.micro} micro and ${calibration.macro} macro ${each}`,
    "shots or macros",
  );
  if (norm !== "transductive") return;
  checkMemory(
    estimateBytes(architecture, size, { support: queries, innerSteps: 0, order: 0 }),
    `${doing}: transductive prediction of ${queries} ${each}, one person's in one batch,`,
    "size, frames or channels, or use --set norm=support",
  );
}
