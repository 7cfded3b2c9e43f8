import { ALGORITHMS, type Config } from "../config/mod.ts";
import { canMagnify, type ClipSet, type SubjectSplit } from "../data/mod.ts";
import { checkTasks, filledNote, mostShots, validationSplit } from "../training/mod.ts";
import type { Protocol, Unit } from "./types.ts";

/** Micro clips by class and subject: `[class][subject]`. */
function microCounts(set: ClipSet): Map<number, number>[] {
  const counts = set.classes.map(() => new Map<number, number>());
  set.labels.forEach((label, i) => {
    if (set.kinds[i] !== "micro") return;
    const row = counts[label]!;
    row.set(set.subjects[i]!, (row.get(set.subjects[i]!) ?? 0) + 1);
  });
  return counts;
}

/** Refuses a set that has nothing to compare. */
function checkClasses(protocol: Protocol, set: ClipSet, counts: readonly ReadonlyMap<number, number>[]): void {
  const doing = `run ${protocol}`;
  if (!set.kinds.includes("micro")) {
    throw new RangeError(
      `Cannot ${doing}: expected micro clips, got none${
        set.kinds.length > 0 ? "; clips of kind macro are no data to predict, give them with --macro" : ""
      }`,
    );
  }
  const empty = set.classes.filter((_, label) => counts[label]!.size === 0);
  if (empty.length > 0) {
    throw new RangeError(
      `Cannot ${doing}: expected micro clips of every class, got none of ${empty.join(", ")}; leave these classes out`,
    );
  }
  if (set.classes.length < 2) {
    throw new RangeError(
      `Cannot ${doing}: expected two classes or more, got only ${set.classes[0]}; use labels that tell clips apart`,
    );
  }
  if (protocol === "cde") {
    const databases = new Set(
      counts.flatMap((row) => [...row.keys()].map((subject) => set.subjectNames[subject]!.split("/")[0])),
    );
    if (databases.size < 2) {
      throw new RangeError(
        `Cannot ${doing}: expected micro clips of two databases or more, got ${
          [...databases].join()
        }; use --protocol loso`,
      );
    }
  }
}

/** Whether a protocol has figures without calibration. */
export function needsNoCalibration(protocol: Protocol): boolean {
  return protocol === "loso" || protocol === "cde";
}

/** The largest K that every run has a held-out subject for. */
export function largestShots(set: ClipSet, runs: readonly (readonly SubjectSplit[])[]): number {
  return Math.min(...runs.map((splits) => Math.max(0, ...mostShots(set, splits.flatMap(({ heldout }) => heldout)))));
}

/** Refuses K that no held-out subject has; says how many have fewer. */
export function checkShots(
  protocol: Protocol,
  set: ClipSet,
  runs: readonly (readonly SubjectSplit[])[],
  shots: readonly number[],
): string[] {
  const largest = largestShots(set, runs);
  const tooMany = shots.find((k) => k > largest);
  if (tooMany !== undefined) {
    const instead = largest > 0
      ? `the largest K that works is ${largest}, use --shots ${largest}`
      : needsNoCalibration(protocol)
      ? "leave --shots out"
      : "use --protocol loso, which needs none";
    throw new RangeError(
      `Cannot run ${protocol} with K = ${tooMany}: no held-out subject has ${
        tooMany + 1
      } clips in two classes; ${instead}`,
    );
  }
  const most = mostShots(set, [...new Set(runs.flat().flatMap(({ heldout }) => heldout))]);
  return shots.flatMap((k) => {
    const enough = most.filter((one) => one >= k).length;
    const none = most.filter((one) => one === 0).length;
    if (enough === most.length) return [];
    return [
      `K = ${k}: ${enough} of ${most.length} subjects have so many calibration clips in two classes or more; the others ` +
      `calibrate with fewer${none > 0 ? `, ${none} of them with one class or none` : ""}.`,
    ];
  });
}

/** Whether there are macro clips, or clips to magnify. */
function hasMacro({ macro }: Config, set: ClipSet): boolean {
  return macro !== "none" && (macro !== "data" || canMagnify(set.recipe) || set.kinds.includes("macro"));
}

/** Refuses a sweep of a loss that is not there; says which rows are the same without it. */
function checkAuxiliary(protocol: Protocol, config: Config, set: ClipSet, guided: boolean): string[] {
  if (protocol === "lambda" && !ALGORITHMS[config.algorithm].auxiliary) {
    throw new RangeError(
      `Cannot run lambda: expected an algorithm with an auxiliary loss, got ${config.algorithm}; use --algorithm lightman`,
    );
  }
  if (!guided || hasMacro(config, set)) return [];
  if (protocol === "lambda") {
    throw new RangeError(
      "Cannot run lambda: expected macro clips for the auxiliary loss, got none; use data that have them, or clips of " +
        "several frames with --macro magnify",
    );
  }
  return ["There are no macro clips: the auxiliary loss is off, so lightman is maml and multitask is supervised."];
}

/** Refuses to count the gradient steps of an algorithm that compares. */
function checkSteps(protocol: Protocol, { algorithm }: Config): void {
  if (protocol !== "steps" || ALGORITHMS[algorithm].training !== "metric") return;
  throw new RangeError(
    `Cannot run steps: expected an algorithm that takes gradient steps, got ${algorithm}; use --algorithm lightman`,
  );
}

/**
 * Refuses what the data cannot support, with the nearest thing that works.
 *
 * @returns What a reader must know.
 */
export function checkData(
  protocol: Protocol,
  config: Config,
  set: ClipSet,
  { algorithms }: { readonly algorithms: readonly Config["algorithm"][] },
): string[] {
  const counts = microCounts(set);
  checkClasses(protocol, set, counts);
  checkSteps(protocol, config);
  if (config.shuffleLabels && (protocol === "loso" || protocol === "cde")) {
    throw new RangeError(
      `Cannot run ${protocol}: expected labels as they are, got shuffleLabels, which means nothing without calibration; ` +
        "use --protocol fewshot",
    );
  }
  const learner = algorithms.find((name) => ALGORITHMS[name].training !== "supervised") ?? config.algorithm;
  const filled = filledNote({ ...config, algorithm: learner }, set, [...set.subjectNames.keys()]);
  const lonely = config.shuffleLabels ? [] : set.classes.filter((_, label) => counts[label]!.size === 1);
  return [
    ...lonely.map((name) =>
      `Class ${name} has micro clips of one subject only: the fold that holds it out never trains on that class.`
    ),
    ...(filled === null ? [] : [filled]),
    ...checkAuxiliary(protocol, config, set, algorithms.some((name) => name === "lightman" || name === "multitask")),
  ];
}

/** Refuses folds whose subjects offer no task: a training would find out after those before it. */
export function checkTraining(protocol: Protocol, set: ClipSet, units: readonly Unit[]): void {
  const known = new Set<string>();
  for (const { config, split, evaluations } of units) {
    const { algorithm, ways, queries, macros, episodes, validation, shuffleLabels, seed } = config;
    const shots = evaluations.map((evaluation) => evaluation.shots ?? config.shots);
    const supervised = ALGORITHMS[algorithm].training === "supervised";
    const tasks = [ways, config.shots, queries, macros, episodes, shuffleLabels && shots];
    const key = JSON.stringify([split.heldout, supervised, tasks, validation, seed]);
    if (known.has(key)) continue;
    known.add(key);
    checkTasks(config, set, split, { shots, doing: `run ${protocol}` });
  }
}

/** Says where setting subjects aside takes a class away from training. */
export function validationNotes(set: ClipSet, units: readonly Unit[]): string[] {
  const shown = (subjects: readonly number[]) => {
    const present = new Set(subjects);
    return new Set(set.labels.filter((_, i) => set.kinds[i] === "micro" && present.has(set.subjects[i]!)));
  };
  const lost = new Map<number, number>();
  const splits = new Map(
    units.map((
      { config, split },
    ) => [JSON.stringify([split.heldout, config.seed, config.validation]), { config, split }]),
  );
  for (const { config, split } of splits.values()) {
    const validation = validationSplit(config, set, split.train);
    if (validation === null) continue;
    const left = shown(validation.train);
    for (const label of shown(split.train)) if (!left.has(label)) lost.set(label, (lost.get(label) ?? 0) + 1);
  }
  return [...lost].sort(([a], [b]) => a - b).map(([label, count]) =>
    `Class ${
      set.classes[label]
    }: in ${count} of ${splits.size} folds all subjects with micro clips of it are set aside for ` +
    "validation, so it is not trained on."
  );
}
