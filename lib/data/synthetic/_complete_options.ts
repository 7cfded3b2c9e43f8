import type { SyntheticOptions } from "./synthetic_options.ts";

/** Fills the defaults in, in a fixed order of keys, and checks the ranges. */
export function completeOptions(options: SyntheticOptions): Required<SyntheticOptions> {
  const complete = {
    seed: options.seed ?? 0,
    rho: options.rho ?? 0.6,
    trainSubjects: options.trainSubjects ?? 24,
    holdoutSubjects: options.holdoutSubjects ?? 12,
    trainClips: options.trainClips ?? 12,
    holdoutClips: options.holdoutClips ?? 15,
    macroClips: options.macroClips ?? 3,
  };
  const { seed, rho, ...counts } = complete;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot plan a synthetic data set: expected an integer seed, got ${seed}`);
  }
  if (!(rho >= 0 && rho <= 1)) {
    throw new RangeError(`Cannot plan a synthetic data set: expected rho in [0, 1], got ${rho}`);
  }
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 0 || count > 10_000) {
      throw new RangeError(
        `Cannot plan a synthetic data set: expected ${name} to be an integer in [0, 10000], got ${count}`,
      );
    }
  }
  return complete;
}
