import type { Config } from "../config/mod.ts";
import { type ClipSet, type Episode, evaluationEpisodes, sampleEpisode, type SubjectSplit } from "../data/mod.ts";
import { createRandom } from "../random/mod.ts";
import { isMacroWord } from "./_settle_config.ts";
import { shuffledLabels } from "./_shuffled_labels.ts";

/** Calibration clips and queries of a held-out subject; with shuffled labels a task of several. */
export interface EvaluationTask {
  readonly episode: Episode;
  /** The label each class has in this task (classical few-shot protocol; −1: none), or null for its own. */
  readonly labelOrder: readonly number[] | null;
  /** `database/subject`, or `task/NUMBER`. */
  readonly name: string;
}

/** How many calibration clips a class, and splits of a subject or tasks in all. */
export interface EvaluationTasksOptions {
  readonly shots: number;
  readonly repeats: number;
}

/** Macro clips of a set that a class's calibration takes. */
function macrosOf({ macro, macros, lambda2 }: Config): number {
  return (macro === "data" || !isMacroWord(macro)) && lambda2 > 0 ? macros : 0;
}

/** Random N-way K-shot tasks of held-out subjects, with labels of their own: the classical protocol's test. */
function fewShotTasks(
  config: Config,
  set: ClipSet,
  { train, heldout }: SubjectSplit,
  { shots, repeats }: EvaluationTasksOptions,
): EvaluationTask[] {
  const { ways, queries, episodes: scope, seed } = config;
  return Array.from({ length: repeats }, (_, task) => {
    const random = createRandom(seed, "few-shot", task);
    const options = { ways, shots, queries, scope, macros: macrosOf(config), macroSubjects: train };
    const episode = sampleEpisode(set, heldout, options, random);
    return {
      episode,
      labelOrder: shuffledLabels(set, episode, random),
      name: `task/${String(task + 1).padStart(4, "0")}`,
    };
  });
}

/** What held-out subjects are evaluated on. */
export function evaluationTasks(
  config: Config,
  set: ClipSet,
  split: SubjectSplit,
  options: EvaluationTasksOptions,
): EvaluationTask[] {
  if (config.shuffleLabels) return fewShotTasks(config, set, split, options);
  const rest = { ...options, macros: macrosOf(config), trainingSubjects: split.train };
  return evaluationEpisodes(set, split.heldout, rest, config.seed)
    .map((episode) => ({ episode, labelOrder: null, name: set.subjectNames[episode.subject]! }));
}
