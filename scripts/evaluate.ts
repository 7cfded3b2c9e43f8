import { chooseBackend } from "../lib/runtime/mod.ts";
import { loadModel, NotFoundError } from "../lib/storage/mod.ts";
import { evaluateModel } from "../lib/training/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { createBars } from "./_lib/bars.ts";
import { openOutput } from "./_lib/json_out.ts";
import { runCommand } from "./_lib/run_command.ts";
import { checkClipFile, holdoutOf, modelNameOf, RUN_FLAGS, storeOf } from "./_lib/run_flags.ts";
import { UsageError } from "./_lib/usage_error.ts";

const { data, shots, holdout, store, name, backend, workers, json } = RUN_FLAGS;

const SPEC = {
  command: "evaluate",
  summary: "Evaluates a published model on held-out subjects, before and after calibration.",
  flags: {
    protocol: { type: "string", choices: ["holdout"], default: "holdout", help: "what to run" },
    data,
    shots,
    holdout,
    repeats: { type: "integer", min: 1, help: "random splits of each subject" },
    absent: { type: "integer", min: 0, default: 0, help: "classes left out of each subject's calibration" },
    store,
    name,
    version: { type: "string", value: "VERSION", help: "model version (default: the one promoted to stable)" },
    backend,
    workers,
    json,
    "dry-run": { type: "boolean", help: "say what would run, and stop" },
  },
} as const satisfies CommandSpec;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

async function main({ values }: ParsedFlags<typeof SPEC.flags>, signal: AbortSignal): Promise<void> {
  const output = await openOutput(values.json);
  const { version } = values;
  if (version !== undefined && !/^[0-9a-f]{16}$/.test(version)) {
    throw new UsageError(`Cannot use --version: expected 16 hexadecimal digits, got "${version}"`);
  }
  if (values.data !== undefined && values.data !== "synthetic") await checkClipFile("data", values.data);
  const holdout = values.holdout === undefined ? undefined : holdoutOf(values.holdout);
  let model: Awaited<ReturnType<typeof loadModel>>;
  try {
    model = await loadModel(
      storeOf(values.store),
      "default",
      modelNameOf(values.name),
      version === undefined ? { alias: "stable" } : { version },
    );
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
    if (!(error instanceof NotFoundError)) throw error;
    throw new UsageError(`${error.message}; train one first: deno task train`);
  }
  const chosen = await chooseBackend(values.backend);
  output.say(`Backend: ${chosen.why}`);
  const options = {
    ...(values.data !== undefined && { data: values.data }),
    ...(values.shots !== undefined && { shots: values.shots }),
    ...(holdout !== undefined && { holdout }),
    ...(values.repeats !== undefined && { repeats: values.repeats }),
    absent: values.absent,
  };
  if (values["dry-run"]) {
    output.say(
      `Would evaluate ${values.name} ${model.version} on ${values.data ?? model.card.config.data}, held-out subjects.`,
    );
    await output.json({ model: values.name, version: model.version, ...options });
    return;
  }
  const bars = createBars();
  const evaluation = await evaluateModel(model, {
    ...options,
    workers: chosen.name === "webgpu" ? 0 : values.workers ?? navigator.hardwareConcurrency,
    signal,
    onEvent: (event) => event.type === "progress" && bars.update(event.what, event.done, event.total),
  }).finally(() => bars.finish());
  const { accuracy, uf1, uar, subjects, absent } = evaluation;
  output.say(
    `\n${values.name} ${model.version}: ${subjects.length} held-out subjects, up to ${evaluation.shots} calibration clips a class`,
  );
  for (const [label, metric] of [["accuracy", accuracy], ["UF1", uf1], ["UAR", uar]] as const) {
    const { estimate, low, high } = metric.gain;
    const points = [estimate, low, high].map((value) => (100 * value).toFixed(1));
    output.say(
      `  ${label.padEnd(9)} ${percent(metric.before)} → ${percent(metric.after)}, gain ${points[0]} points, 95 % ${
        points[1]
      } to ${points[2]}`,
    );
  }
  if (absent) {
    output.say(
      `  clips of the ${absent.classes} class(es) left out of calibration: ${percent(absent.before)} → ${
        percent(absent.after)
      } ` +
        `(mean over subjects, change ${(100 * absent.change).toFixed(1)} points)`,
    );
  }
  await output.json({ model: values.name, version: model.version, ...evaluation });
}

if (import.meta.main) Deno.exit(await runCommand(SPEC, main));
