import { chooseBackend } from "../lib/runtime/mod.ts";
import { loadModel, NotFoundError } from "../lib/storage/mod.ts";
import { evaluateModel } from "../lib/training/mod.ts";
import type { EvaluateValues } from "./_evaluate_spec.ts";
import { trainCommand } from "./_train_words.ts";
import { createBars } from "./_lib/bars.ts";
import { gainText } from "./_lib/gain_text.ts";
import { openOutput } from "./_lib/json_out.ts";
import { checkClipFile, holdoutOf, modelNameOf, storeOf } from "./_lib/run_flags.ts";
import { plural } from "./_lib/plural.ts";
import { UsageError } from "./_lib/usage_error.ts";

/** The one number of `--shots`. */
function shotsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`Cannot use --shots: expected one number, got "${text}"`);
  return Number(text);
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/**
 * Evaluates a published model on held-out subjects, before and after calibration.
 *
 * @param values The command's flags.
 * @param signal Stops it.
 */
export async function evaluateModelCommand(values: EvaluateValues, signal: AbortSignal): Promise<void> {
  const output = await openOutput(values.json);
  const { version, name = "lightman" } = values;
  const shots = shotsOf(values.shots);
  if (version !== undefined && !/^[0-9a-f]{16}$/.test(version)) {
    throw new UsageError(`Cannot use --version: expected 16 hexadecimal digits, got "${version}"`);
  }
  if (values.data !== undefined && values.data !== "synthetic") await checkClipFile("data", values.data);
  const holdout = values.holdout === undefined ? undefined : holdoutOf(values.holdout);
  let model: Awaited<ReturnType<typeof loadModel>>;
  try {
    model = await loadModel(
      await storeOf(values.store, "read"),
      "default",
      modelNameOf(name),
      version === undefined ? { alias: "stable" } : { version },
    );
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(error.message);
    if (!(error instanceof NotFoundError)) throw error;
    throw new UsageError(
      `${error.message}; train one first: ${trainCommand({ store: values.store, model: name })}`,
    );
  }
  const chosen = await chooseBackend(values.backend);
  output.say(`Backend: ${chosen.why}`);
  const options = {
    ...(values.data !== undefined && { data: values.data }),
    ...(shots !== undefined && { shots }),
    ...(holdout !== undefined && { holdout }),
    ...(values.repeats !== undefined && { repeats: values.repeats }),
    absent: values.absent ?? 0,
  };
  if (values["dry-run"]) {
    output.say(
      `Would evaluate ${name} ${model.version} on ${values.data ?? model.card.config.data}, held-out subjects.`,
    );
    await output.json({ model: name, version: model.version, ...options });
    return;
  }
  const data = values.data ?? model.card.config.data;
  const bars = createBars();
  const evaluation = await evaluateModel(model, {
    ...options,
    workers: chosen.name === "webgpu" ? 0 : values.workers ?? navigator.hardwareConcurrency,
    signal,
    onEvent: (event) => event.type === "progress" && bars.update(event.what, event.done, event.total),
  }).finally(() => bars.finish());
  const { accuracy, uf1, uar, subjects, absent, calibrationError: error } = evaluation;
  const { norm } = model.card.config;
  output.say(
    `\n${name} ${model.version} on ${data}: ${
      plural(subjects.length, model.card.config.shuffleLabels ? "held-out task" : "held-out subject")
    }, up to ${plural(evaluation.shots, "calibration clip")} a class, normalisation ${norm}`,
  );
  for (const [label, metric] of [["accuracy", accuracy], ["UF1", uf1], ["UAR", uar]] as const) {
    output.say(
      `  ${label.padEnd(9)} ${percent(metric.before)} → ${percent(metric.after)}, gain ${
        gainText(metric.gain, model.card.config.shuffleLabels ? "tasks" : "subjects")
      }`,
    );
  }
  if (error) {
    output.say(
      `  calibration error ${percent(error.before.tempered)} → ${percent(error.after.tempered)}; without temperature ${
        percent(error.before.raw)
      } → ${percent(error.after.raw)}`,
    );
  }
  if (absent) {
    output.say(
      `  clips of the ${plural(absent.classes, "class")} left out of calibration: ${percent(absent.before)} → ${
        percent(absent.after)
      } ` +
        `(mean over subjects, change ${(100 * absent.change).toFixed(1)} points)`,
    );
  }
  await output.json({ model: name, version: model.version, data, norm, ...evaluation });
}
