import { type ClipSet, corruptClips } from "../data/mod.ts";
import { DivergedError, trainSplit } from "../training/mod.ts";
import type { Unit, UnitResult } from "./types.ts";

/** Cancellation and progress of a unit. */
export interface UnitOptions {
  readonly signal: AbortSignal;
  /** Told the share of outer steps done. */
  onStep(share: number): void;
}

/** Trains and evaluates one unit on the current backend. A training that diverges is a result, the same every time. */
export async function doUnit(set: ClipSet, unit: Unit, { signal, onStep }: UnitOptions): Promise<UnitResult> {
  const { config, corruption } = unit;
  const clips = corruption === undefined ? set : corruptClips(set, { ...corruption, seed: config.seed });
  try {
    return await trainSplit(config, clips, unit.split, {
      evaluations: unit.evaluations,
      signal,
      onStep: (step, steps) => onStep(step / steps),
    });
  } catch (error) {
    if (error instanceof DivergedError) return { failed: error.message };
    throw error;
  }
}
