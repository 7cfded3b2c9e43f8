import { type Config, configSchema } from "../config/mod.ts";
import { type ClipSet, splitSubjects } from "../data/mod.ts";
import { classNames } from "../training/mod.ts";
import { type Variant, variantsOf } from "./_variants.ts";
import { checkData, checkTraining } from "./_check_data.ts";
import { subjectFolds } from "./subject_folds.ts";
import type { Protocol, StudyPlan, StudyRow, Unit } from "./types.ts";

/** Options of {@linkcode planStudy}. */
export interface PlanStudyOptions {
  /** Algorithms to compare. @default {the configuration's; for noise, supervised beside it unless labels are shuffled} */
  readonly algorithms?: readonly Config["algorithm"][];
  /** Backbones of the ablation. @default {conv4 alone} */
  readonly backbones?: readonly Config["backbone"][];
  /** K, calibration clips a class; several for `fewshot`. @default {the configuration's; for fewshot 1 and 5} */
  readonly shots?: readonly number[];
  /** Folds of subjects; `loso` and `cde` have one a subject, `config.holdout` makes one split. @default {5} */
  readonly folds?: number;
  /** Runs with seeds of their own. @default {1} */
  readonly runs?: number;
}

const SUMMARIES: Readonly<Record<Protocol, string>> = {
  loso: "Each subject is held out once (leave one subject out).",
  cde: "Composite database: each subject of all databases is held out once.",
  fewshot: "K calibration clips a class of subjects that were never trained on.",
  noise: "A share of all clips, training and held-out, is masked, noised in a region, or made grey.",
  ablation: "With and without the auxiliary task and the bi-level step, and with other backbones.",
  lambda: "Weight of the primary loss in the inner step, λ2 = 1 − λ1.",
  steps: "One training, calibrated with 0 to 5 inner steps.",
};

const NORMS: Readonly<Record<Config["norm"], string>> = {
  support: "Query clips are normalised by running or support statistics.",
  transductive: "Normalisation is TRANSDUCTIVE: query clips by their own batch.",
};

/** Refuses a row whose changes the configuration does not allow. */
function checkVariant(protocol: Protocol, { name, changes }: Variant, config: Config): void {
  const checked = configSchema.safeParse({ ...config, ...changes });
  if (checked.success) return;
  const { path, message } = checked.error.issues[0]!;
  throw new RangeError(`Cannot run ${protocol}: row «${name}»: ${path.join(".")}: ${message}`);
}

/**
 * Plans a protocol: which trainings on which splits, and how they become a table. Nothing runs.
 *
 * Equal trainings are planned once, however many rows read them. The last θ of a training is what is evaluated: nothing
 * is chosen on held-out subjects.
 *
 * @param protocol The protocol.
 * @param config The configuration that the rows vary.
 * @param set The clips.
 * @param options Algorithms, folds, runs.
 * @returns Units and rows.
 * @throws {RangeError} When the data cannot support the protocol; the message says what would work.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { configSchema } from "../config/mod.ts";
 * import type { ClipSet } from "../data/mod.ts";
 * import { planStudy } from "./mod.ts";
 * const set: ClipSet = {
 *   recipe: { frames: 1, size: 1, channels: 1, input: "frames", time: "tim" },
 *   clips: new Uint8Array(8), ids: [..."abcdefgh"], labels: Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1),
 *   subjects: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1), kinds: new Array(8).fill("micro"),
 *   classes: ["happy", "sad"], subjectNames: ["db/1", "db/2"],
 * };
 * const plan = planStudy("steps", configSchema.parse({}), set, { folds: 2, shots: [1] });
 * assertEquals([plan.rows.length, plan.units.length], [6, 2]); // one training a fold serves all six rows
 * ```
 *
 * Source: paper 5; MEGC2019 (leave-one-subject-out on the composite database).
 */
export function planStudy(protocol: Protocol, config: Config, set: ClipSet, options: PlanStudyOptions = {}): StudyPlan {
  const {
    algorithms = protocol === "noise" && !config.shuffleLabels
      ? [...new Set([config.algorithm, "supervised" as const])]
      : [config.algorithm],
    backbones = ["conv4"],
    shots = protocol === "fewshot" ? [1, 5] : [config.shots],
    folds = 5,
    runs = 1,
  } = options;
  const notes = checkData(protocol, config, set, {
    shots,
    algorithms: protocol === "ablation" ? ["lightman"] : algorithms,
  });
  const variants = variantsOf(protocol, config, { algorithms, backbones, shots });
  for (const variant of variants) checkVariant(protocol, variant, config);
  const each = protocol === "loso" || protocol === "cde";
  const splits = Array.from(
    { length: runs },
    (_, run) =>
      config.holdout !== null && !each
        ? [splitSubjects(set, config.holdout, config.seed + run)]
        : subjectFolds(set, each ? "each" : folds, config.seed + run),
  );
  const units: Unit[] = [];
  const known = new Map<string, number>();
  /** The unit of a variant on a fold, planned once; its evaluations grow with the rows that read it. */
  const unitOf = (variant: Variant, run: number, fold: number): { unit: number; evaluation: number } => {
    const { changes, corruption, evaluation } = variant;
    const unit: Unit = {
      config: { ...config, ...changes, seed: config.seed + run },
      split: splits[run]![fold]!,
      evaluations: [],
      ...(corruption && { corruption }),
    };
    const key = JSON.stringify([unit.config, fold, corruption ?? null]);
    const at = known.get(key) ?? units.push(unit) - 1;
    known.set(key, at);
    const { evaluations } = units[at]!;
    const same = evaluations.findIndex((other) => JSON.stringify(other) === JSON.stringify(evaluation));
    if (same >= 0) return { unit: at, evaluation: same };
    units[at] = { ...units[at]!, evaluations: [...evaluations, evaluation] };
    return { unit: at, evaluation: evaluations.length };
  };
  const rows = variants.map((variant): StudyRow => {
    let evaluation = 0;
    const indices = splits.map((split, run) =>
      split.map((_, fold) => {
        const found = unitOf(variant, run, fold);
        evaluation = found.evaluation;
        return found.unit;
      })
    );
    const { name, x, series } = variant;
    return {
      name,
      runs: indices,
      evaluation,
      shots: variant.evaluation.shots!,
      ...(x !== undefined && { x }),
      ...(series !== undefined && { series }),
    };
  });
  checkTraining(protocol, set, units);
  const people = splits[0]!.reduce((sum, { heldout }) => sum + heldout.length, 0);
  const how = each ? "" : config.holdout === null ? ` ${folds} folds of subjects.` : " One split of subjects.";
  return {
    protocol,
    summary: `${SUMMARIES[protocol]}${how} ${people} subjects held out, ${runs === 1 ? "one run" : `${runs} runs`}. ${
      NORMS[config.norm]
    }`,
    classes: classNames(config, set),
    units,
    rows,
    notes,
  };
}
