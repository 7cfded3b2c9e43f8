import { ALGORITHMS, type Config } from "../config/mod.ts";
import { canMagnify, type ClipSet, sampleEpisode, type SubjectSplit } from "../data/mod.ts";
import { createRandom } from "../random/mod.ts";
import { filledNote, validationSplit } from "../training/mod.ts";
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

/** The largest K of each subject with micro clips for which two of its classes have a query clip beside K others. */
function mostShots(set: ClipSet, counts: readonly ReadonlyMap<number, number>[]): number[] {
  const subjects = [...set.subjectNames.keys()].filter((subject) => counts.some((row) => row.has(subject)));
  return subjects.map((subject) => {
    const second = counts.map((row) => row.get(subject) ?? 0).sort((a, b) => b - a)[1] ?? 0;
    return Math.max(0, second - 1);
  });
}

/** Refuses a set that has nothing to compare. */
function checkClasses(protocol: Protocol, set: ClipSet, counts: readonly ReadonlyMap<number, number>[]): void {
  const doing = `run ${protocol}`;
  const empty = set.classes.filter((_, label) => counts[label]!.size === 0);
  if (empty.length > 0) {
    throw new RangeError(
      `Cannot ${doing}: expected micro clips of every class, got none of ${empty.join(", ")}; leave these classes out`,
    );
  }
  if (set.classes.length < 2) throw new RangeError(`Cannot ${doing}: expected two classes or more, got one`);
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

/** Refuses K that no subject has; says how many have fewer. */
function checkShots(protocol: Protocol, most: readonly number[], shots: readonly number[]): string[] {
  const largest = Math.max(...most);
  const tooMany = shots.find((k) => k > largest);
  // Without calibration, leave-one-subject-out has figures all the same.
  const needsCalibration = protocol !== "loso" && protocol !== "cde";
  if (tooMany !== undefined && needsCalibration) {
    throw new RangeError(
      `Cannot run ${protocol} with K = ${tooMany}: no subject has ${tooMany + 1} clips in two classes; ` +
        (largest < 1 ? "use --protocol loso, which needs none" : `the largest K that works is ${largest}`),
    );
  }
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
  { shots, algorithms }: { readonly shots: readonly number[]; readonly algorithms: readonly Config["algorithm"][] },
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
  // Tasks over several subjects need no K clips of one.
  const notes = config.episodes === "within" ? checkShots(protocol, mostShots(set, counts), shots) : [];
  const learner = algorithms.find((name) => ALGORITHMS[name].training !== "supervised") ?? config.algorithm;
  const filled = filledNote({ ...config, algorithm: learner }, set, [...set.subjectNames.keys()]);
  const lonely = config.shuffleLabels ? [] : set.classes.filter((_, label) => counts[label]!.size === 1);
  return [
    ...lonely.map((name) =>
      `Class ${name} has micro clips of one subject only: the fold that holds it out never trains on that class.`
    ),
    ...notes,
    ...(filled === null ? [] : [filled]),
    ...checkAuxiliary(protocol, config, set, algorithms.some((name) => name === "lightman" || name === "multitask")),
  ];
}

function canSample(config: Config, set: ClipSet, split: SubjectSplit): string | null {
  const { ways, shots, queries, macros, episodes: scope, seed } = config;
  const train = validationSplit(config, set, split.train)?.train ?? split.train;
  try {
    sampleEpisode(set, train, { ways, shots, queries, macros, scope }, createRandom(seed, "plan"));
    return null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}

/** Refuses folds whose training subjects offer no task: a training would find out after those before it. */
export function checkTraining(protocol: Protocol, set: ClipSet, units: readonly Unit[]): void {
  const known = new Set<string>();
  for (const { config, split } of units) {
    validationSplit(config, set, split.train); // refuses what cannot be divided
    if (config.algorithm === "supervised" || config.algorithm === "multitask" || config.outerSteps === 0) continue;
    const { ways, shots, queries, macros, episodes } = config;
    const key = JSON.stringify([split.heldout, ways, shots, queries, macros, episodes, config.validation]);
    if (known.has(key)) continue;
    known.add(key);
    const problem = canSample(config, set, split);
    if (problem === null) continue;
    const mixed = canSample({ ...config, episodes: "mixed" }, set, split) === null;
    const names = split.heldout.map((subject) => set.subjectNames[subject]);
    throw new RangeError(
      `Cannot run ${protocol}: with ${names.join(", ")} held out there is no training task (${problem}); ` +
        `use ${mixed ? "--set episodes=mixed or " : ""}--algorithm supervised`,
    );
  }
}
