import { ACTION_UNITS, type Bump, type Landmark } from "./action_units.ts";
import { EXTENT, mouthLine, mouthTaper } from "./_paint_face.ts";
import type { SyntheticClip } from "./synthetic_clip.ts";
import type { SyntheticFace } from "./synthetic_face.ts";

/** A clip's displacement at the apex, sampled over [−EXTENT, EXTENT]²; skin above and below the mouth's line moves apart. */
export interface MovementField {
  /** Samples a side, G. */
  readonly samples: number;
  /** `[G, G, 3]` x and y displacement in face widths, and their divergence, of the skin above the mouth. */
  readonly above: Float32Array;
  /** `[G, G, 3]` the same of the skin below. */
  readonly below: Float32Array;
}

const SAMPLES = 97;
const STEP = 2 * EXTENT / (SAMPLES - 1);

/**
 * Sums the bumps of a clip's action units, d(p) = Σ_u i_u Σ_b push_b · exp(−½‖(p − c_b) / s_b‖²), left and right scaled by
 * 1 ± asymmetry, and scales the sum so that its largest displacement on the face is the clip's amplitude.
 */
export function movementField(clip: SyntheticClip): MovementField {
  const above = new Float32Array(SAMPLES * SAMPLES * 3);
  const below = new Float32Array(SAMPLES * SAMPLES * 3);
  for (const unit of ACTION_UNITS) {
    const intensity = unit.end * (clip.expression[unit.axis] ?? 0);
    if (intensity <= 0) continue;
    for (const bump of unit.bumps) {
      for (const side of isCentral(bump) ? [0] : [-1, 1]) {
        addBump(
          clip.face,
          bump,
          side,
          intensity * (1 - side * clip.asymmetry),
          bump.belowMouth ? [below] : [above, below],
        );
      }
    }
  }
  const peak = largest(clip.face, above, below);
  for (const field of [above, below]) {
    if (peak > 0) { for (let i = 0; i < field.length; i++) field[i]! *= clip.amplitude / peak; }
    addDivergence(field);
  }
  return { samples: SAMPLES, above, below };
}

function isCentral(bump: Bump): boolean {
  return (bump.at === "chin" || bump.at === "upperLip" || bump.at === "lowerLip") && (bump.shift?.[0] ?? 0) === 0;
}

/** Where a landmark lies on this face: x is the distance from the middle. */
function landmark(face: SyntheticFace, name: Landmark): readonly [number, number] {
  const { brow, eye, nose, mouth } = face;
  switch (name) {
    case "innerBrow":
      return [brow.inner + 0.02, brow.y];
    case "outerBrow":
      return [brow.outer - 0.03, brow.y];
    case "upperLid":
      return [eye.x, eye.y - eye.height];
    case "lowerLid":
      return [eye.x, eye.y + 0.75 * eye.height];
    case "cheek":
      return [eye.x + 0.04, eye.y + 0.12];
    case "noseWing":
      return [nose.width * 0.7, nose.y - 0.01];
    case "lipCorner":
      return [mouth.width, mouth.y + mouth.curve];
    case "upperLip":
      return [0, mouth.y - mouth.upper];
    case "lowerLip":
      return [0, mouth.y + mouth.lower];
    case "chin":
      return [0, face.chin];
  }
}

function addBump(face: SyntheticFace, bump: Bump, side: number, scale: number, fields: readonly Float32Array[]): void {
  const [x, y] = landmark(face, bump.at);
  const sign = side === 0 ? 1 : side;
  const centreX = sign * (x + (bump.shift?.[0] ?? 0));
  const centreY = y + (bump.shift?.[1] ?? 0);
  // The Gaussian is separable: one exponential a row and a column.
  const across = gaussian(centreX, bump.spread[0]);
  const down = gaussian(centreY, bump.spread[1]);
  if (bump.belowMouth) {
    for (let column = 0; column < SAMPLES; column++) across[column] = mouthTaper(face, -EXTENT + column * STEP);
  }
  const pushX = scale * bump.push[0] * (side === 0 ? 0 : side);
  const pushY = scale * bump.push[1];
  for (let row = 0; row < SAMPLES; row++) {
    const height = down[row]!;
    if (height < 1e-4) continue;
    for (let column = 0; column < SAMPLES; column++) {
      const weight = height * across[column]!;
      const at = (row * SAMPLES + column) * 3;
      for (const field of fields) {
        field[at]! += weight * pushX;
        field[at + 1]! += weight * pushY;
      }
    }
  }
}

function gaussian(centre: number, spread: number): Float64Array {
  return Float64Array.from(
    { length: SAMPLES },
    (_, i) => Math.exp(-0.5 * ((-EXTENT + i * STEP - centre) / spread) ** 2),
  );
}

/** Largest displacement of any point of the face, each read from the field it moves with. */
function largest(face: SyntheticFace, above: Float32Array, below: Float32Array): number {
  let peak = 0;
  for (let row = 0; row < SAMPLES; row++) {
    const y = -EXTENT + row * STEP;
    if (Math.abs(y) > 0.5) continue;
    for (let column = 0; column < SAMPLES; column++) {
      const field = y < mouthLine(face, -EXTENT + column * STEP) ? above : below;
      const at = (row * SAMPLES + column) * 3;
      peak = Math.max(peak, Math.hypot(field[at]!, field[at + 1]!));
    }
  }
  return peak;
}

/** Central differences; the border stays 0. */
function addDivergence(field: Float32Array): void {
  for (let row = 1; row < SAMPLES - 1; row++) {
    for (let column = 1; column < SAMPLES - 1; column++) {
      const at = (row * SAMPLES + column) * 3;
      const dx = field[at + 3]! - field[at - 3]!;
      const dy = field[at + SAMPLES * 3 + 1]! - field[at - SAMPLES * 3 + 1]!;
      field[at + 2] = (dx + dy) / (2 * STEP);
    }
  }
}
