import { actionUnitIntensities } from "./action_unit_intensities.ts";
import { subjectExpressions } from "./subject_expressions.ts";
import type { SyntheticClip } from "./synthetic_clip.ts";
import { SYNTHETIC_CLASSES } from "./synthetic_classes.ts";
import { syntheticHoldout } from "./synthetic_holdout.ts";
import { intensityAt } from "./_time_course.ts";
import type { RenderOptions } from "./render_clip.ts";
import type { SyntheticOptions } from "./synthetic_options.ts";

/** Every option of a data set on disk, defaults filled in. */
export type WrittenOptions = Required<SyntheticOptions> & Required<RenderOptions>;

/** Raised whenever equal options give other pictures or another truth file: older sets on disk are then written anew. */
export const TRUTH_FORMAT = 2;

/** What truth.json says: the options, the split, each subject's expressions and face, each clip's parameters. */
export function syntheticTruth(options: WrittenOptions, clips: readonly SyntheticClip[]): unknown {
  const subjects: Record<string, unknown> = {};
  for (const clip of clips) {
    if (Object.hasOwn(subjects, clip.subject)) continue;
    const own = subjectExpressions(options.seed, Number(clip.subject.slice(1)), options.rho);
    subjects[clip.subject] = {
      split: clip.split,
      expressions: Object.fromEntries(
        SYNTHETIC_CLASSES.map((
          label,
        ) => [label, { coordinates: own[label], actionUnits: actionUnitIntensities(own[label]) }]),
      ),
      face: clip.face,
    };
  }
  return {
    format: TRUTH_FORMAT,
    options,
    classes: SYNTHETIC_CLASSES,
    holdout: syntheticHoldout(options),
    subjects,
    clips: clips.map(({ face: _, database: _database, expression, ...clip }) => ({
      ...clip,
      expression,
      actionUnits: actionUnitIntensities(expression),
      intensity: Array.from({ length: clip.offset - clip.onset + 1 }, (_, i) => intensityAt(clip, i)),
    })),
  };
}
