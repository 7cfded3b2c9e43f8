import { ALGORITHMS, type Config, innerStepsOf } from "../config/mod.ts";
import type { ClipWork } from "../meta/mod.ts";

/** How many clips a task has. */
export interface ClipCounts {
  readonly support: number;
  readonly query: number;
  readonly macro: number;
}

/** What an algorithm holds of a task. */
export function taskWork(config: Config, { support, query, macro }: ClipCounts): ClipWork {
  const { training, innerScope } = ALGORITHMS[config.algorithm];
  const innerSteps = innerStepsOf(config);
  if (training === "metric") return { support, query, innerSteps: 0, order: 1 };
  // Its plain steps are on all clips of the task.
  if (training === "reptile") return { support: support + query, query, innerSteps, order: 1 };
  // The queries are asked, and the statistics taken, after each step.
  const queries = config.multiStepLoss ? innerSteps * query + (innerSteps - 1) * support : query;
  // A second order through the head holds no graph of the body's gradient.
  const throughHead = innerScope === "head" && !config.firstOrder;
  return { support, query: queries, macro, innerSteps, order: config.firstOrder || throughHead ? 1 : 2, throughHead };
}
