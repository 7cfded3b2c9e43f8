import { ALGORITHMS, type Config, innerRateOf, innerStepsOf } from "../config/mod.ts";
import { canMagnify, type ClipSet } from "../data/mod.ts";
import { countClasses } from "./_count_classes.ts";

/** Whether `macro` names a source other than a file. */
export function isMacroWord(macro: string): boolean {
  return ["data", "magnify", "none"].includes(macro);
}

/** What an algorithm decides by itself, so that the recorded configuration is what ran. */
function settleAlgorithm(config: Config): Config {
  const { algorithm } = config;
  const { training } = ALGORITHMS[algorithm];
  const firstOrder = config.firstOrder || algorithm === "fomaml" || training === "reptile";
  return {
    ...config,
    innerSteps: innerStepsOf(config),
    alpha: innerRateOf(config),
    firstOrder,
    // To first order no gradient reaches the rates: a run whose rates would never move records none.
    learnInnerRates: config.learnInnerRates && training === "meta" && !firstOrder,
    multiStepLoss: config.multiStepLoss && training === "meta",
    // Neither compares clips of several tasks: their labels mean nothing outside one.
    uncalibratedWeight: training === "metric" || config.shuffleLabels ? 0 : config.uncalibratedWeight,
  };
}

/** Where macro clips come from, as the method says; a file's clips are part of the set by now. */
function settleMacro(config: Config, set: ClipSet): Config {
  if (!ALGORITHMS[config.algorithm].auxiliary) return { ...config, macro: "none", lambda1: 1, lambda2: 0 };
  let { macro } = config;
  if (macro === "data" && !set.kinds.includes("macro")) macro = canMagnify(set.recipe) ? "magnify" : "none";
  if (macro === "magnify" && !canMagnify(set.recipe)) {
    throw new RangeError(
      set.recipe.flow
        ? "Cannot magnify: flow of minmax scaling has no magnitude; use --macro none, or flow.scaling=fixed"
        : "Cannot magnify: a clip of one frame has no movement; use --macro none",
    );
  }
  return macro === "none" ? { ...config, macro, lambda1: 1, lambda2: 0 } : { ...config, macro };
}

/** Inverse frequency of each class among the training subjects' micro clips, mean 1 over those clips. */
function settleClassWeights(config: Config, set: ClipSet, train: readonly number[]): Config {
  if (config.classWeights !== true) return config;
  const counts = countClasses(set, train);
  const total = counts.reduce((a, b) => a + b, 0);
  const present = counts.filter((count) => count > 0).length;
  return { ...config, classWeights: counts.map((count) => count === 0 ? 0 : total / (count * present)) };
}

/** Replaces what a configuration leaves to the data by what the data say; the result is recorded with the model. */
export function settleConfig(config: Config, set: ClipSet, train: readonly number[]): Config {
  return settleClassWeights(settleMacro(settleAlgorithm(config), set), set, train);
}
