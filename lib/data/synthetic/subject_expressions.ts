import { createRandom } from "../../random/mod.ts";
import { SYNTHETIC_CLASSES, type SyntheticClass } from "./synthetic_classes.ts";
import { dot, drawRotation } from "./_draw_rotation.ts";
import { subjectName } from "./_subject_name.ts";

/** How everyone shows an emotion at ρ = 0: coordinates on the expression axes, of length 1. */
const CANONICAL: Readonly<Record<SyntheticClass, readonly number[]>> = {
  //         brows  lids  middle  corners  jaw  width
  negative: unit([-0.65, 0, -0.4, -0.6, -0.35, 0]),
  positive: unit([0, -0.3, 0.5, 0.7, 0, 0.35]),
  surprise: unit([0.7, 0.45, 0, 0, 0.6, 0]),
};

/**
 * Of six subjects in a row, how many emotions each shows, at ρ = 1, more like everyone's version of that emotion than like
 * everyone's version of another: one in three on average, as among all permutations of three things.
 */
const ALIKE = [3, 1, 1, 1, 0, 0];

/**
 * How one subject shows each emotion.
 *
 * Expressions are points in a space of six antagonistic axes. A subject owns a rotation of that space: a random
 * orthonormal basis of three planes and an angle θ in each, uniform in (−π, π). At strength ρ every plane is turned by
 * ½ρ(3 − ρ)·θ: v_k = R(ρ) c_k. So the change is smooth in ρ, all vectors keep unit length, and the angles between a subject's
 * own expressions stay those of the canonical ones: what a person shows is as distinct at ρ = 1 as at ρ = 0, only no longer
 * what others show.
 *
 * The draw is stratified, so that a dozen subjects already give stable figures: of every six subjects in a row, as many
 * are like everyone (3 emotions), half alike (1) or unlike anyone (0) at ρ = 1 as among the permutations of three emotions,
 * which leaves a pooled rule one in three, chance. Rotations are drawn until one falls into the subject's stratum.
 *
 * @param seed The data set's seed.
 * @param subject The subject's number, from 1.
 * @param rho ρ in [0, 1].
 * @returns Per class the coordinates `[6]`, of length 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { subjectExpressions } from "./mod.ts";
 * assertEquals(subjectExpressions(0, 1, 0), subjectExpressions(0, 2, 0));
 * ```
 */
export function subjectExpressions(
  seed: number,
  subject: number,
  rho: number,
): Record<SyntheticClass, readonly number[]> {
  const six = Math.floor((subject - 1) / ALIKE.length);
  const stratum = createRandom(seed, "synthetic", "strata", six).shuffle(ALIKE)[(subject - 1) % ALIKE.length]!;
  const random = createRandom(seed, "synthetic", subjectName(subject - 1), "expressions");
  for (;;) {
    const rotation = drawRotation(random);
    if (countAlike(SYNTHETIC_CLASSES.map((label) => rotation(CANONICAL[label], 1))) !== stratum) continue;
    const own = (label: SyntheticClass) => rotation(CANONICAL[label], rho * (3 - rho) / 2);
    return { negative: own("negative"), positive: own("positive"), surprise: own("surprise") };
  }
}

/** How many of a subject's expressions (in the classes' order) are closest to the canonical one of their class. */
function countAlike(own: readonly (readonly number[])[]): number {
  return own.filter((v, k) => {
    const likeness = SYNTHETIC_CLASSES.map((label) => dot(v, CANONICAL[label]));
    return likeness.indexOf(Math.max(...likeness)) === k;
  }).length;
}

function unit(v: readonly number[]): readonly number[] {
  const length = Math.hypot(...v);
  return v.map((z) => z / length);
}
