import { PROTOCOLS } from "../lib/study/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { RUN_FLAGS } from "./_lib/run_flags.ts";

/** The flags of `evaluate`. */
export const EVALUATE_SPEC = {
  command: "evaluate",
  summary: "Evaluates a published model on held-out subjects, or runs a protocol that trains inside itself.",
  flags: {
    protocol: {
      type: "string",
      choices: ["holdout", ...PROTOCOLS],
      default: "holdout",
      help: "holdout evaluates a published model; the others train",
    },
    ...RUN_FLAGS,
    name: { type: "string", value: "MODEL", help: "holdout: model name (default lightman)" },
    algorithm: { type: "string", value: "NAME,…|all", help: "algorithms to compare (loso, cde, fewshot, noise)" },
    backbone: { type: "string", value: "NAME,…|all", help: "the backbone; several for ablation" },
    shots: { type: "string", value: "K,…", help: "calibration clips a class; several for fewshot" },
    folds: { type: "integer", min: 2, help: "folds of subjects (default 5; loso and cde: one a subject)" },
    runs: { type: "integer", min: 1, help: "runs with seeds of their own, for intervals over runs (default 1)" },
    repeats: { type: "integer", min: 1, help: "holdout: random splits of each subject" },
    absent: { type: "integer", min: 0, help: "holdout: classes left out of each subject's calibration (default 0)" },
    version: { type: "string", value: "VERSION", help: "holdout: model version (default: the one promoted to stable)" },
    "dry-run": { type: "boolean", help: "say what would run and what it would cost, and stop" },
  },
} as const satisfies CommandSpec;

/** What `evaluate` was asked. */
export type EvaluateValues = ParsedFlags<typeof EVALUATE_SPEC.flags>["values"];
