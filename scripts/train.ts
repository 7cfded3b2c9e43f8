import type { Config } from "../lib/config/mod.ts";
import { renderReport } from "../lib/eval/mod.ts";
import { chooseBackend } from "../lib/runtime/mod.ts";
import { currentVersion, type ObjectStore } from "../lib/storage/mod.ts";
import { type TrainedModel, trainModel } from "../lib/training/mod.ts";
import { nextCommands, sayModel, sayResults, serveFlags } from "./_train_words.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { sourceCommit } from "./_lib/source_commit.ts";
import { forgetRun } from "./_lib/forget_run.ts";
import { checkFilePlace, openOutput, type Output, writeFileAtomic } from "./_lib/json_out.ts";
import { createBars } from "./_lib/bars.ts";
import { formatSeconds } from "./_lib/progress.ts";
import { reportOf } from "./_lib/report_of.ts";
import { runCommand } from "./_lib/run_command.ts";
import { configOf, modelNameOf, RUN_FLAGS, storeOf } from "./_lib/run_flags.ts";
import { runIdOf } from "./_lib/run_id.ts";
import { peakRss } from "./_lib/peak_rss.ts";

const SPEC = {
  command: "train",
  summary: "Meta-trains, evaluates on held-out subjects before and after calibration, and publishes the model.",
  flags: {
    ...RUN_FLAGS,
    report: { type: "string", value: "FILE.html", default: "report.html", help: "HTML report" },
    resume: { type: "boolean", help: "continue the last interrupted run of the same configuration" },
    baseline: {
      type: "string",
      choices: ["supervised", "none"],
      default: "supervised",
      help: "train plain supervised on the same budget beside it",
    },
  },
} as const satisfies CommandSpec;

interface RunContext {
  readonly store: ObjectStore;
  readonly name: string;
  readonly workers: number;
  readonly resume: boolean;
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly commit: string | undefined;
}

/** A worker a core, as far as an outer step has tasks for them: each holds the clips once more. */
function defaultWorkers({ tasksPerStep }: Config): number {
  return Math.min(navigator.hardwareConcurrency, Math.max(2, tasksPerStep));
}

/** One training run with its progress bar. */
async function runOne(config: Config, label: string, context: RunContext): Promise<TrainedModel> {
  const { store, name, workers, resume, signal, output, commit } = context;
  const runId = await runIdOf(name, config);
  if (!resume) {
    if (await forgetRun(store, runId)) {
      output.say(`${label}: checkpoints of an earlier run of this configuration are dropped`);
    }
  } else if ((await store.list(`tenants/default/runs/${runId}/`)).length === 0) {
    output.say(`${label}: no interrupted run of this configuration is in ${store.url}, so it starts anew`);
  }
  const bars = createBars();
  let kept: number | undefined;
  try {
    return await trainModel(config, {
      store,
      tenant: "default",
      name,
      runId,
      workers,
      signal,
      provenance: { deno: Deno.version.deno, ...(commit && { commit }) },
      onEvent(event) {
        if (event.type === "status") bars.line(event.message);
        else if (event.type === "progress") bars.update(event.what, event.done, event.total);
        else if (event.type === "checkpoint") kept = event.step;
        else {
          const note = `loss ${event.loss.toFixed(3)}  accuracy ${Math.round(100 * event.accuracy)} %`;
          bars.update(label, event.step, event.steps, note);
        }
      },
    });
  } catch (error) {
    // Anything else than the signal's reason is a failure, for instance of the store, and told as one.
    if (error === signal.reason) {
      bars.finish();
      output.say(
        kept === undefined
          ? `Stopped before a step was done${resume ? "; continue with --resume" : ""}`
          : `Stopped, checkpoint at step ${kept}; continue with --resume`,
      );
    }
    throw error;
  } finally {
    bars.finish();
  }
}

async function main({ values }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  const config = await configOf(values);
  const output = await openOutput(values.json);
  await checkFilePlace(values.report);
  modelNameOf(values.name);
  const store = await storeOf(values.store, "write");
  const backend = await chooseBackend(values.backend);
  output.say(`Backend: ${backend.why}`);
  const workers = backend.name === "webgpu" ? 0 : values.workers ?? defaultWorkers(config);
  const commit = await sourceCommit();
  // A damaged alias is no reason not to train: promotion will repair it.
  const before = await currentVersion(store, "default", values.name).catch(() => null);
  const context = { store, name: values.name, workers, resume: values.resume, signal, output, commit };
  const run = await runOne(config, `Training ${config.algorithm}`, context);
  // Shuffled labels mean nothing outside a task, so there is nothing to learn from pooled clips.
  const wanted = values.baseline === "supervised" && config.algorithm !== "supervised" && !config.shuffleLabels;
  const baseline = wanted
    ? await runOne({ ...config, algorithm: "supervised" }, "Training supervised", {
      ...context,
      name: `${values.name}-supervised`,
    })
    : undefined;
  const seconds = (performance.now() - begun) / 1000;
  const peakRssBytes = peakRss();
  const report = reportOf(run, { backend, seconds, peakRssBytes, workers, commit, baseline });
  // Said before anything is written: a full disk must not take the results along.
  sayResults(run, baseline, output);
  for (const note of run.notes) output.say(`  ${note}`);
  output.say(`  took ${formatSeconds(seconds)}, at most ${(peakRssBytes / 1e9).toFixed(2)} GB resident`);
  const replaces = before === run.version ? null : before;
  sayModel(run, values.store, replaces, output);
  await output.json({ name: run.name, version: run.version, replaces, notes: run.notes, report });
  await writeFileAtomic(values.report, renderReport(report));
  output.say(`The report is ${values.report}.`);
  // Gone with this process: there is nothing to serve.
  if (values.store === "memory:") return;
  const serve = serveFlags(values, (name) => Deno.env.get(name));
  for (const line of await nextCommands(run, config, serve)) output.say(line);
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
