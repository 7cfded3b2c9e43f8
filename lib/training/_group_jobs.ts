import { ALGORITHMS } from "../config/mod.ts";
import { architectureOf } from "../inference/mod.ts";
import { type ClipWork, cutEvenly, tasksAtOnce } from "../meta/mod.ts";
import type { GradientJob } from "./_do_gradients.ts";
import type { Job, RunnerSetup } from "./_jobs.ts";
import { taskWork } from "./_task_work.ts";

/** What jobs that are done together have in common; null for one that is done alone. */
function kindOf({ config }: RunnerSetup, job: Job): string | null {
  if (job.kind === "supervised") return JSON.stringify([job.kind, job.clips.length, job.macro.length]);
  const { training } = ALGORITHMS[config.algorithm];
  if (job.kind !== "meta" || training === "metric" || training === "reptile") return null;
  const { support, query, macro } = job.episode;
  return JSON.stringify([job.kind, support.length, query.length, macro.length, job.firstOrder, job.stepWeights]);
}

/** What one of a step's jobs holds. */
function workOf({ config }: RunnerSetup, job: GradientJob): ClipWork {
  const magnified = (micro: number, macro: number) => config.macro === "magnify" ? micro : macro;
  if (job.kind === "meta") {
    const [support, query] = [job.episode.support.length, job.episode.query.length];
    const macro = magnified(support, job.episode.macro.length);
    return taskWork({ ...config, firstOrder: job.firstOrder }, { support, query, macro });
  }
  const support = job.clips.length;
  return { support, macro: magnified(support, job.macro.length), innerSteps: 0, order: 1 };
}

/**
 * Cuts a list of jobs into those that are done together, in order: on WebGPU neighbours of equal shapes, as many as fit into
 * memory, so that a step has as many dispatches for several tasks as for one; on other backends each by itself. Of many neighbours
 * the groups are of one size where they can be, for those are done from one recording.
 */
export function groupJobs<J extends Job>(setup: RunnerSetup, jobs: readonly J[]): J[][] {
  const runs: { readonly kind: string | null; readonly jobs: J[] }[] = [];
  for (const job of jobs) {
    const kind = kindOf(setup, job);
    const last = runs.at(-1);
    if (last !== undefined && kind !== null && kind === last.kind) last.jobs.push(job);
    else runs.push({ kind, jobs: [job] });
  }
  return runs.flatMap(({ kind, jobs: [first, ...rest] }) => {
    const run = [first!, ...rest];
    if (kind === null) return [run];
    const architecture = architectureOf(setup.config, setup.set.classes.length);
    const most = tasksAtOnce(architecture, setup.config.size, workOf(setup, first as GradientJob));
    return cutEvenly(run, most);
  });
}
