import type { Random } from "../../random/mod.ts";
import { EXPRESSION_AXES } from "./action_units.ts";

/** Turns a vector: t = 0 not at all, t = 1 by the whole rotation. */
export type Rotation = (v: readonly number[], t: number) => number[];

/** Draws a rotation of expression space: a random orthonormal basis, and an angle in (−π, π) for each two of its axes. */
export function drawRotation(random: Random): Rotation {
  const draw = () => Array.from({ length: EXPRESSION_AXES }, () => random.normal());
  const basis = orthonormal(Array.from({ length: EXPRESSION_AXES }, draw));
  return planeRotation(basis, Array.from({ length: EXPRESSION_AXES / 2 }, () => random.range(-Math.PI, Math.PI)));
}

/** Turns the plane of each two vectors of an orthonormal list by t times its angle. */
export function planeRotation(basis: readonly (readonly number[])[], angles: readonly number[]): Rotation {
  return (v, t) => {
    const out = v.slice();
    angles.forEach((angle, plane) => {
      const [p, q] = [basis[2 * plane]!, basis[2 * plane + 1]!];
      const [a, b] = [dot(v, p), dot(v, q)];
      const [turn, sin] = [Math.cos(t * angle) - 1, Math.sin(t * angle)]; // exactly 0 and 0 at t = 0
      for (let i = 0; i < out.length; i++) out[i]! += (a * turn - b * sin) * p[i]! + (a * sin + b * turn) * q[i]!;
    });
    return out;
  };
}

/** Gram–Schmidt: unit vectors that span the same spaces, each orthogonal to those before it. */
export function orthonormal(vectors: readonly (readonly number[])[]): number[][] {
  const basis: number[][] = [];
  for (const vector of vectors) {
    const row = vector.slice();
    for (const other of basis) {
      const along = dot(row, other);
      for (let i = 0; i < row.length; i++) row[i]! -= along * other[i]!;
    }
    const length = Math.hypot(...row);
    basis.push(row.map((x) => x / length));
  }
  return basis;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
