import { createRandom } from "../../random/mod.ts";
import { SYNTHETIC_CLASSES, type SyntheticClass } from "./synthetic_classes.ts";
import { drawRotation, orthonormal, planeRotation, type Rotation } from "./_draw_rotation.ts";

/**
 * How everyone shows an emotion at ρ = 0: coordinates on the expression axes. The lengths are 1 and the three angles are
 * equal (cosine −0.45), so that the emotions can trade places by a rotation.
 */
const CANONICAL: Readonly<Record<SyntheticClass, readonly number[]>> = {
  //         brows  lids  middle  corners  jaw  width
  negative: [-0.73, 0, -0.324, -0.602, 0, 0],
  positive: [0, -0.5, 0.3, 0.588, 0, 0.56],
  surprise: [0.62, 0.45, 0, 0, 0.5, -0.403],
};

/**
 * How one subject shows each emotion.
 *
 * Expressions are points in a space of six antagonistic axes; a subject owns a rotation of that space, v_k = R T c_k. T lets
 * the emotions trade places: it turns the plane through the canonical expressions by −120°, 0 or 120°. R is a random
 * orthonormal basis of three planes and an angle in each, uniform in (−π, π). At strength ρ every angle is multiplied by ρ(2 + ρ)/3.
 * So the change is smooth in ρ, all vectors keep unit length, and the angles between a subject's own expressions stay
 * those of the canonical ones: what a person shows is as distinct at ρ = 1 as at ρ = 0, only no longer what others show.
 *
 * Three subjects in a row (s01 to s03, …) share R and have the three turns T in random order. At ρ = 1 they show the same
 * three expressions and mean different emotions by each, so that any rule which does not know the person is right for one
 * of the three: chance, whatever the seed, and already with three held-out subjects.
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
  const trio = createRandom(seed, "synthetic", "expressions", Math.floor((subject - 1) / 3));
  const turn = trio.shuffle([-1, 0, 1])[(subject - 1) % 3]!;
  const rotate = drawRotation(trio);
  const share = rho * (2 + rho) / 3;
  const own = (label: SyntheticClass) => rotate(TRADE(CANONICAL[label], share * turn), share);
  return { negative: own("negative"), positive: own("positive"), surprise: own("surprise") };
}

/** At t = 1 turns negative to positive, positive to surprise, surprise to negative. */
const TRADE: Rotation = tradePlaces();

function tradePlaces(): Rotation {
  const points = SYNTHETIC_CLASSES.map((label) => CANONICAL[label]);
  const middle = points[0]!.map((_, i) => (points[0]![i]! + points[1]![i]! + points[2]![i]!) / 3);
  const [first, second] = points.map((point) => point.map((z, i) => z - middle[i]!));
  return planeRotation(orthonormal([first!, second!]), [2 * Math.PI / 3]);
}
