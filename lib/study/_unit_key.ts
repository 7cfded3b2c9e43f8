import { innerRateOf, innerStepsOf } from "../config/mod.ts";
import { clipSetDigest, courseOf } from "../training/mod.ts";
import type { ClipSet } from "../data/mod.ts";
import type { Unit } from "./types.ts";

/**
 * Counted up when the same unit would give other results: what is cached by older code is then not read. A test of
 * runStudy() has figures that tell.
 */
const STUDY_VERSION = 3;

/** Makes the function that names a unit's result in the store: all that decides it, hashed. */
export async function unitKeys(
  set: ClipSet,
  tenant: string,
  backend: string,
): Promise<(unit: Unit) => Promise<string>> {
  const clips = await clipSetDigest(set);
  return async ({ config, split, evaluations, corruption }) => {
    // Where the clips lie decides nothing: their digest does. What the algorithm fills in may be otherwise in later code.
    const settled = { ...config, data: "", alpha: innerRateOf(config), innerSteps: innerStepsOf(config) };
    const course = await courseOf(settled, clips, {
      split,
      evaluations,
      corruption: corruption ?? null,
      backend,
    });
    return `tenants/${tenant}/studies/${STUDY_VERSION}/${course}.json`;
  };
}
