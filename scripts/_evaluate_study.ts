import { type Config, configSchema } from "../lib/config/mod.ts";
import { publishedFor, renderStudy } from "../lib/eval/mod.ts";
import { chooseBackend } from "../lib/runtime/mod.ts";
import {
  estimateStudy,
  planStudy,
  type PlanStudyOptions,
  type Protocol,
  runStudy,
  settleStudy,
  summariseStudy,
} from "../lib/study/mod.ts";
import { loadData } from "../lib/training/mod.ts";
import type { EvaluateValues } from "./_evaluate_spec.ts";
import { createBars } from "./_lib/bars.ts";
import { dataName } from "./_lib/data_name.ts";
import { checkFilePlace, openOutput, writeFileAtomic } from "./_lib/json_out.ts";
import { peakRss } from "./_lib/peak_rss.ts";
import { formatSeconds } from "./_lib/progress.ts";
import { configOf, storeOf } from "./_lib/run_flags.ts";
import { sourceCommit } from "./_lib/source_commit.ts";
import { studyLines } from "./_lib/study_lines.ts";
import { UsageError } from "./_lib/usage_error.ts";

const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;

/** Some of a configuration's choices, comma-separated, or all of them. */
function listOf<T extends string>(flag: string, choices: readonly T[], text: string): T[] {
  if (text === "all") return [...choices];
  return text.split(",").map((name) => {
    const known = choices.find((choice) => choice === name.trim());
    if (known === undefined) {
      throw new UsageError(`Cannot use --${flag}: expected some of ${choices.join(", ")}, or all, got "${name}"`);
    }
    return known;
  });
}

function shotsOf(text: string): number[] {
  return text.split(",").map((part) => {
    if (!/^[1-9]\d{0,3}$/.test(part.trim())) {
      throw new UsageError(`Cannot use --shots: expected whole numbers of at least 1, got "${part}"`);
    }
    return Number(part);
  });
}

/** What the flags vary, and the configuration that it varies. */
async function readFlags(values: EvaluateValues): Promise<{ config: Config; options: PlanStudyOptions }> {
  const { algorithm, backbone } = configSchema.shape;
  const algorithms = values.algorithm && listOf("algorithm", algorithm.unwrap().options, values.algorithm);
  const backbones = values.backbone && listOf("backbone", backbone.unwrap().options, values.backbone);
  const shots = values.shots === undefined ? undefined : shotsOf(values.shots);
  const { protocol, folds, runs = 1 } = values;
  if (folds !== undefined && (protocol === "loso" || protocol === "cde")) {
    throw new UsageError(`Cannot use --folds with --protocol ${protocol}: it has one fold a subject`);
  }
  if (algorithms && protocol === "ablation") {
    throw new UsageError("Cannot use --algorithm with --protocol ablation: its rows are algorithms");
  }
  if (algorithms && algorithms.length > 1 && !["loso", "cde", "fewshot", "noise"].includes(protocol)) {
    throw new UsageError(`Cannot use several algorithms with --protocol ${protocol}: it varies something else`);
  }
  if (backbones && backbones.length > 1 && protocol !== "ablation") {
    throw new UsageError(`Cannot use several backbones with --protocol ${protocol}: only ablation compares them`);
  }
  if (shots && shots.length > 1 && protocol !== "fewshot") {
    throw new UsageError(`Cannot use several --shots with --protocol ${protocol}: only fewshot compares them`);
  }
  if (values.holdout !== undefined && (protocol === "loso" || protocol === "cde" || folds !== undefined)) {
    throw new UsageError(
      `Cannot use --holdout with ${
        folds === undefined ? `--protocol ${protocol}` : "--folds"
      }: each subject is held out once`,
    );
  }
  const config = await configOf({
    ...values,
    algorithm: algorithms ? algorithms[0] : undefined,
    backbone: backbones ? backbones[0] : undefined,
    shots: shots?.[0],
  });
  return {
    config,
    options: {
      ...(algorithms && { algorithms }),
      ...(backbones && { backbones }),
      ...(shots && { shots }),
      ...(folds !== undefined && { folds }),
      runs,
    },
  };
}

/**
 * Runs a protocol that trains inside itself; prints its table, writes the report and the JSON.
 *
 * @param values The command's flags.
 * @param signal Stops it; finished trainings are kept and read again.
 */
export async function evaluateStudy(values: EvaluateValues, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  const { config, options } = await readFlags(values);
  const output = await openOutput(values.json);
  const reportFile = values.report ?? `${values.protocol}.html`;
  await checkFilePlace(reportFile);
  const store = await storeOf(values.store, values["dry-run"] ? "read" : "write");
  const backend = await chooseBackend(values.backend);
  output.say(`Backend: ${backend.why}`);
  const workers = backend.name === "webgpu" ? 0 : values.workers ?? navigator.hardwareConcurrency;
  const bars = createBars();
  try {
    const dataNotes: string[] = [];
    const set = await loadData(config, {
      folder: "data",
      signal,
      onProgress: (what, done, total) => bars.update(what, done, total),
      onNote: (note) => void dataNotes.push(note),
    });
    const plan = planStudy(values.protocol as Protocol, config, set, options);
    bars.finish();
    for (const note of dataNotes) output.say(`Note: ${note}`);
    output.say(`${plan.summary} ${counted(plan.rows.length, "row")}, ${counted(plan.units.length, "training")}.`);
    if (values["dry-run"]) {
      for (const note of plan.notes) output.say(`Note: ${note}`);
      const cost = await estimateStudy(plan, set, { store, tenant: "default", workers, signal });
      const left = cost.trainings - cost.kept;
      if (cost.kept > 0) output.say(`${cost.kept} of ${cost.trainings} are kept in ${store.url} from before.`);
      output.say(
        left === 0
          ? "Nothing would be trained."
          : `Would run ${counted(left, "training")}, ${counted(cost.steps, "outer step")}: about ${
            formatSeconds(cost.seconds)
          } on ${
            counted(Math.max(1, workers), "core")
          } (timed on this machine as it is now). Finished ones are kept in ${store.url}.`,
      );
      await output.json({ protocol: plan.protocol, summary: plan.summary, notes: plan.notes, ...cost });
      return;
    }
    const results = await runStudy(plan, set, {
      store,
      tenant: "default",
      workers,
      signal,
      onProgress: (done, total, kept) =>
        bars.update(`Protocol ${plan.protocol}`, Number(done.toFixed(2)), total, kept > 0 ? `${kept} kept` : undefined),
    });
    bars.finish();
    const settled = settleStudy(plan, set);
    const table = summariseStudy(plan, results, { seed: config.seed });
    const summary = { ...table, rows: table.rows.map((row, i) => ({ ...row, settings: settled.rows[i]! })) };
    const commit = await sourceCommit();
    const environment = {
      backend: backend.name,
      why: backend.why,
      deno: Deno.version.deno,
      seconds: (performance.now() - begun) / 1000,
      peakRssBytes: peakRss(),
      ...(commit && { commit }),
      more: { workers: String(workers), clips: String(set.ids.length), data: config.data },
    };
    const data = {
      title: `${plan.protocol} on ${dataName(config.data)}`,
      created: new Date().toISOString(),
      summary,
      config: settled.config,
      environment,
    };
    await writeFileAtomic(reportFile, renderStudy(data));
    for (const text of studyLines(summary)) output.say(text);
    output.say(`\nThe report is ${reportFile}; took ${formatSeconds(environment.seconds)}.`);
    await output.json({ ...data, published: publishedFor(summary) });
  } catch (error) {
    if (signal.aborted) output.say("Stopped; finished trainings are kept: the same command goes on from there");
    throw error;
  } finally {
    bars.finish();
  }
}
