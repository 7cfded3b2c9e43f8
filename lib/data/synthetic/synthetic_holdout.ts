import { completeOptions } from "./_complete_options.ts";
import { subjectName } from "./_subject_name.ts";
import type { SyntheticOptions } from "./synthetic_options.ts";

/**
 * Names the held-out subjects of a synthetic data set: the last `holdoutSubjects` numbers.
 *
 * @param options The data set's options.
 * @returns `database/subject`, as in `ClipSet.subjectNames` and the configuration's `holdout` list.
 * @throws {RangeError} When an option is out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { syntheticHoldout } from "./mod.ts";
 * assertEquals(syntheticHoldout({ trainSubjects: 24, holdoutSubjects: 2 }), ["synthetic/s25", "synthetic/s26"]);
 * ```
 */
export function syntheticHoldout(options: SyntheticOptions = {}): string[] {
  const { trainSubjects, holdoutSubjects } = completeOptions(options);
  return Array.from({ length: holdoutSubjects }, (_, i) => `synthetic/${subjectName(trainSubjects + i)}`);
}
