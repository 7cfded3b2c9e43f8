import { createRandom, type Random } from "../../random/mod.ts";
import type { ClipKind } from "../clip_set.ts";
import { completeOptions } from "./_complete_options.ts";
import { drawFace } from "./_draw_face.ts";
import { subjectName } from "./_subject_name.ts";
import { subjectExpressions } from "./subject_expressions.ts";
import { SYNTHETIC_CLASSES } from "./synthetic_classes.ts";
import type { SyntheticClip, SyntheticNuisance } from "./synthetic_clip.ts";
import type { SyntheticOptions } from "./synthetic_options.ts";

/** Frames from onset to offset, less one, to pick from: 25 frames/s give 0.12 to 0.32 s, 8 frames/s 0.5 to 0.875 s. */
const STEPS: Readonly<Record<ClipKind, readonly number[]>> = {
  micro: [3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 6, 8],
  macro: [4, 5, 5, 6, 7],
};
const FPS: Readonly<Record<ClipKind, number>> = { micro: 25, macro: 8 };
/** Largest displacement at the apex, in face widths: 0.5 to 2 and 3.5 to 5 pixels of a face 64 pixels wide. */
const AMPLITUDE: Readonly<Record<ClipKind, readonly [number, number]>> = {
  micro: [0.5 / 64, 2 / 64],
  macro: [3.5 / 64, 5 / 64],
};
/** How much an expression varies from clip to clip: standard deviation on each axis, of a vector of length 1. */
const VARIATION = 0.08;

/**
 * Plans a synthetic data set: every clip with all that decides its pixels.
 *
 * Subjects s01, s02, … in order, training subjects first; per subject the classes in order; per class the micro clips, then
 * the macro clips. Each subject and each clip draws from its own named stream, so a clip does not change when there are
 * more subjects or clips beside it. Duration, amplitude, light, drift, blinks and noise are drawn without regard to the
 * class.
 *
 * @param options The data set's options.
 * @returns The clips. Default options: 36 subjects, 1404 micro and 324 macro clips.
 * @throws {RangeError} When an option is out of range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { syntheticManifest } from "./mod.ts";
 * const clips = syntheticManifest({ trainSubjects: 2, holdoutSubjects: 1 });
 * assertEquals(clips.length, 2 * 3 * (12 + 3) + 1 * 3 * (15 + 3));
 * assertEquals(clips[0]?.id, "s01-negative-micro-01");
 * ```
 */
export function syntheticManifest(options: SyntheticOptions = {}): SyntheticClip[] {
  const { seed, rho, trainSubjects, holdoutSubjects, trainClips, holdoutClips, macroClips } = completeOptions(options);
  const clips: SyntheticClip[] = [];
  for (let s = 0; s < trainSubjects + holdoutSubjects; s++) {
    const subject = subjectName(s);
    const split = s < trainSubjects ? "train" : "holdout";
    const face = drawFace(createRandom(seed, "synthetic", subject, "face"));
    const expressions = subjectExpressions(seed, s + 1, rho);
    for (const label of SYNTHETIC_CLASSES) {
      const counts = { micro: split === "train" ? trainClips : holdoutClips, macro: macroClips };
      for (const kind of ["micro", "macro"] as const) {
        for (let k = 1; k <= counts[kind]; k++) {
          const id = `${subject}-${label}-${kind}-${String(k).padStart(2, "0")}`;
          const random = createRandom(seed, "synthetic", subject, "clip", id);
          const steps = random.pick(STEPS[kind]);
          clips.push({
            id,
            database: "synthetic",
            subject,
            split,
            label,
            kind,
            path: `frames/${subject}/${id}`,
            fps: FPS[kind],
            onset: 1,
            apex: 1 + Math.max(1, Math.min(steps - 1, Math.round(steps * random.range(0.4, 0.6)))),
            offset: 1 + steps,
            face,
            expression: expressions[label].map((z) => z + VARIATION * random.normal()),
            amplitude: random.range(...AMPLITUDE[kind]),
            asymmetry: random.range(-0.25, 0.25),
            nuisance: drawNuisance(random, steps, FPS[kind]),
          });
        }
      }
    }
  }
  return clips;
}

function drawNuisance(random: Random, steps: number, fps: number): SyntheticNuisance {
  return {
    pose: {
      x: random.range(-0.012, 0.012),
      y: random.range(-0.012, 0.012),
      roll: random.range(-0.03, 0.03),
      scale: random.range(-0.02, 0.02),
    },
    drift: { x: random.range(-0.004, 0.004), y: random.range(-0.004, 0.004), roll: random.range(-0.006, 0.006) },
    // A blink lasts about 0.24 s.
    blink: random.uniform() < 0.06
      ? { middle: random.range(0.3, 1) * steps, half: 0.12 * fps, depth: random.range(0.5, 1) }
      : null,
    light: { gain: random.range(0.9, 1.1), x: random.range(-0.12, 0.12), y: random.range(-0.08, 0.08) },
    flicker: { depth: random.range(0, 0.012), rate: random.range(0.05, 0.5), phase: random.range(0, 2 * Math.PI) },
    noise: { deviation: random.range(1, 2), seed: random.integer(2 ** 31) },
  };
}
