import { ALGORITHMS, type Config, configSchema } from "../config/mod.ts";
import { type ClipSet, splitSubjects } from "../data/mod.ts";
import { classNames } from "../training/mod.ts";
import { type Variant, variantsOf } from "./_variants.ts";
import {
  checkData,
  checkShots,
  checkTraining,
  largestShots,
  needsNoCalibration,
  validationNotes,
} from "./_check_data.ts";
import { subjectFolds } from "./subject_folds.ts";
import type { Corruption, Protocol, StudyPlan, StudyRow, Unit } from "./types.ts";

/** Options of {@linkcode planStudy}. */
export interface PlanStudyOptions {
  /** Algorithms to compare. @default {the configuration's; for noise, supervised beside it unless labels are shuffled} */
  readonly algorithms?: readonly Config["algorithm"][];
  /** Backbones of the ablation. @default {conv4 alone} */
  readonly backbones?: readonly Config["backbone"][];
  /**
   * K, calibration clips a class; several for `fewshot`. @default {the configuration's, for loso and cde the largest below
   * it that a subject has; for fewshot 1 and 5}
   */
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

const NO_COLOUR =
  "The clips have no colour (one channel, or flow): there are no rows of grey clips, which would be the clean ones again.";

/** The kinds of corruption that change anything in these clips. */
function corruptionsOf({ recipe }: ClipSet): Corruption["kind"][] {
  const colour = recipe.channels > 1 && recipe.input === "frames";
  return colour ? ["mask", "noise", "grayscale"] : ["mask", "noise"];
}

const NORMS: Readonly<Record<Config["norm"], string>> = {
  support: "Query clips are normalised by running or support statistics.",
  transductive: "Normalisation is TRANSDUCTIVE: query clips by their own batch.",
};

/** K of the rows: what was asked for, else what the protocol has; none where nobody can be calibrated and nobody asked. */
function shotsOf(protocol: Protocol, config: Config, { shots }: PlanStudyOptions, largest: number): readonly number[] {
  if (shots !== undefined) return shots;
  if (protocol === "fewshot") return [1, 5];
  if (!needsNoCalibration(protocol) || config.shots <= largest) return [config.shots];
  return largest === 0 ? [] : [largest];
}

/** Refuses a row whose changes the configuration does not allow. */
function checkVariant(protocol: Protocol, { name, changes }: Variant, config: Config): void {
  const checked = configSchema.safeParse({ ...config, ...changes });
  if (checked.success) return;
  const { path, message } = checked.error.issues[0]!;
  const others = Object.entries(ALGORITHMS).filter(([, { training }]) => training !== "supervised").map(([one]) => one);
  const instead = !config.shuffleLabels || changes.algorithm === undefined
    ? ""
    : protocol === "ablation"
    ? "; use --protocol fewshot"
    : `; use some of --algorithm ${others.join(",")}`;
  throw new RangeError(`Cannot run ${protocol}: row «${name}»: ${path.join(".")}: ${message}${instead}`);
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
    folds = 5,
    runs = 1,
  } = options;
  const notes = checkData(protocol, config, set, {
    algorithms: protocol === "ablation" ? ["lightman"] : algorithms,
  });
  const each = needsNoCalibration(protocol);
  if (config.holdout !== null && each) notes.push("Each subject is held out once: `holdout` is not used.");
  if (config.holdout !== null && !each && options.folds !== undefined) {
    throw new RangeError(
      `Cannot run ${protocol}: expected folds or held-out subjects, got both; leave --folds out, or use --set holdout=null`,
    );
  }
  const splits = Array.from(
    { length: runs },
    (_, run) =>
      config.holdout !== null && !each
        ? [splitSubjects(set, config.holdout, config.seed + run)]
        : subjectFolds(set, each ? "each" : folds, config.seed + run),
  );
  const shots = shotsOf(protocol, config, options, largestShots(set, splits));
  // Random tasks take clips of several subjects; they are looked at when all is planned.
  if (!config.shuffleLabels && shots.length > 0) notes.push(...checkShots(protocol, set, splits, shots));
  if (shots.length === 0) notes.push("No subject has two clips in two classes: there are no rows with calibration.");
  const kinds = corruptionsOf(set);
  if (protocol === "noise" && kinds.length < 3) notes.push(NO_COLOUR);
  const variants = variantsOf(protocol, config, { algorithms, backbones, shots, kinds });
  for (const variant of variants) checkVariant(protocol, variant, config);
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
    const { name, x, series, group } = variant;
    return {
      name,
      runs: indices,
      evaluation,
      shots: variant.evaluation.shots!,
      ...(x !== undefined && { x }),
      ...(series !== undefined && { series }),
      ...(group !== undefined && { group }),
    };
  });
  checkTraining(protocol, set, units);
  notes.push(...validationNotes(set, units));
  const people = splits[0]!.reduce((sum, { heldout }) => sum + heldout.length, 0);
  const { repeats } = config;
  const drawn = splits[0]!.length === 1 ? "" : " of each fold";
  const tasks = config.shuffleLabels
    ? `${repeats === 1 ? "one random task" : `${repeats} random tasks`}${drawn}, `
    : "";
  const summary = protocol === "noise" && kinds.length < 3
    ? "A share of all clips, training and held-out, is masked or noised in a region."
    : protocol === "fewshot" && config.shuffleLabels
    ? "Random tasks of subjects that were never trained on, K clips a class to calibrate."
    : SUMMARIES[protocol];
  const how = each ? "" : config.holdout === null ? ` ${folds} folds of subjects.` : " One split of subjects.";
  return {
    protocol,
    summary: `${summary}${how} ${people === 1 ? "One subject" : `${people} subjects`} held out, ${tasks}${
      runs === 1 ? "one run" : `${runs} runs`
    }. ${NORMS[config.norm]}`,
    ...(config.shuffleLabels && { resampled: "tasks" as const }),
    classes: classNames(config, set),
    units,
    rows,
    notes,
  };
}
