import { ALGORITHMS, innerStepsOf } from "../../lib/config/mod.ts";
import type { ReportData } from "../../lib/eval/mod.ts";
import type { BackendChoice } from "../../lib/runtime/mod.ts";
import type { TrainedModel } from "../../lib/training/mod.ts";
import { dataName } from "./data_name.ts";
import { plural } from "./plural.ts";

/** What a report needs beside the run itself. */
export interface ReportContext {
  readonly backend: BackendChoice;
  readonly seconds: number;
  readonly peakRssBytes: number;
  readonly workers: number;
  readonly commit: string | undefined;
  /** Plain supervised training on the same budget, when it was run. */
  readonly baseline: TrainedModel | undefined;
}

/** The report of a run, as plain data. */
export function reportOf(run: TrainedModel, context: ReportContext): ReportData {
  const { backend, seconds, peakRssBytes, workers, commit, baseline } = context;
  const { evaluation, card, subjects, notes, selection } = run;
  const metric = (name: "accuracy" | "uf1" | "uar") => ({
    ...evaluation[name],
    ...(baseline && { supervised: baseline.evaluation[name].before, fineTuned: baseline.evaluation[name].after }),
  });
  const innerSteps = innerStepsOf(card.config);
  const how = ALGORITHMS[card.config.algorithm].training === "metric"
    ? "statistics and memory"
    : innerSteps === 1
    ? "one gradient step"
    : `${innerSteps} gradient steps`;
  return {
    title: `${card.config.algorithm} on ${dataName(card.config.data)}`,
    created: new Date().toISOString(),
    protocol:
      `${plural(subjects.heldout.length, "subject")} held out of ${subjects.heldout.length + subjects.train.length}; ` +
      (card.config.shuffleLabels
        ? `${
          plural(evaluation.subjects.length, "random task")
        } of theirs, labels shuffled, each calibrated by ${how} ` +
          `on up to ${plural(evaluation.shots, "clip")} a class. `
        : `each calibrated by ${how} on up to ${plural(evaluation.shots, "clip")} a class, ` +
          "all its other clips predicted. ") +
      (card.config.norm === "support"
        ? "Normalisation: running statistics before, support statistics after calibration, never those of the query clips."
        : "Normalisation: TRANSDUCTIVE, each batch of query clips by itself; the functions do not predict so.") +
      (selection === null
        ? ""
        : ` θ was chosen on ${
          plural(subjects.validation.length, "validation subject")
        } out of the training subjects.`) +
      notes.map((note) => ` ${note}`).join(""),
    metrics: { accuracy: metric("accuracy"), uf1: metric("uf1"), uar: metric("uar") },
    curve: run.history,
    ...(selection !== null && {
      selection: { shots: selection.shots, steps: [selection.step], score: selection.score, curve: selection.curve },
    }),
    subjects: evaluation.subjects.map(({ subject, ...rest }) => ({ name: subject, ...rest })),
    classes: card.classes,
    confusion: evaluation.confusion,
    config: card.config,
    environment: {
      backend: backend.name,
      why: backend.why,
      deno: Deno.version.deno,
      seconds,
      peakRssBytes,
      ...(commit && { commit }),
      more: {
        "model version": run.version,
        parameters: `${card.parameters} (${card.bytes} bytes)`,
        workers: String(workers),
      },
    },
  };
}
