import { evaluateModelCommand } from "./_evaluate_model.ts";
import { evaluateStudy } from "./_evaluate_study.ts";
import { EVALUATE_SPEC, type EvaluateValues } from "./_evaluate_spec.ts";
import type { ParsedFlags } from "./_lib/args.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";

/** Flags that only one of the two kinds of protocol takes. */
const ONLY = {
  model: ["name", "version", "repeats", "absent"],
  study: ["config", "set", "algorithm", "backbone", "decoder", "steps", "folds", "runs", "macro", "report", "seed"],
} as const;

function checkFlags(values: EvaluateValues): void {
  const trains = values.protocol !== "holdout";
  const wrong = ONLY[trains ? "model" : "study"].find((name) => {
    const value = values[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  }) ?? (!trains && values.preset !== "default" ? "preset" : undefined);
  if (wrong === undefined) return;
  throw new UsageError(
    trains
      ? `Cannot use --${wrong} with --protocol ${values.protocol}: it is for a published model (--protocol holdout)`
      : `Cannot use --${wrong} with --protocol holdout: a published model has its own; name a protocol that trains`,
  );
}

/**
 * Does what the command's flags say.
 *
 * @param parsed The flags.
 * @param signal Stops it.
 */
export async function evaluate(
  { values }: ParsedFlags<typeof EVALUATE_SPEC.flags>,
  signal: AbortSignal,
): Promise<void> {
  checkFlags(values);
  await (values.protocol === "holdout" ? evaluateModelCommand(values, signal) : evaluateStudy(values, signal));
}

if (import.meta.main) Deno.exit(await runCommand(EVALUATE_SPEC, evaluate));
