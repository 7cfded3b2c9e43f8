import type { Random } from "../../random/mod.ts";
import type { SyntheticFace } from "./synthetic_face.ts";

type Colour = readonly [number, number, number];

const SKINS: readonly Colour[] = [
  [238, 205, 180],
  [226, 183, 152],
  [205, 158, 124],
  [172, 122, 88],
  [146, 104, 78],
  [120, 86, 66],
];
const HAIRS: readonly Colour[] = [[28, 24, 22], [58, 40, 28], [96, 66, 42], [150, 112, 66], [120, 116, 112]];
const IRISES: readonly Colour[] = [[70, 46, 30], [92, 110, 70], [90, 120, 150]];

/** Draws a face from a stream: everything a subject keeps in all its clips. */
export function drawFace(random: Random): SyntheticFace {
  const tone = random.range(0, SKINS.length - 1);
  const skin = mix(SKINS[Math.floor(tone)]!, SKINS[Math.min(SKINS.length - 1, Math.floor(tone) + 1)]!, tone % 1);
  const hair = random.pick(HAIRS);
  const grey = random.range(60, 190);
  const browY = random.range(-0.205, -0.165);
  const eyeX = random.range(0.165, 0.195);
  const eyeY = browY + random.range(0.085, 0.11);
  const mouthY = random.range(0.245, 0.285);
  const side = random.range(-1, 1);
  return {
    head: { width: random.range(0.405, 0.455), height: random.range(0.49, 0.53), jaw: random.range(2.1, 2.9) },
    hairline: random.range(-0.43, -0.35),
    brow: {
      y: browY,
      inner: eyeX - random.range(0.085, 0.105),
      outer: eyeX + random.range(0.1, 0.125),
      arch: random.range(0.01, 0.04),
      thickness: random.range(0.016, 0.03),
      strength: random.range(0.65, 0.95),
    },
    eye: {
      x: eyeX,
      y: eyeY,
      width: random.range(0.072, 0.088),
      height: random.range(0.03, 0.042),
      tilt: random.range(-0.12, 0.06),
    },
    nose: { y: mouthY - random.range(0.115, 0.14), width: random.range(0.068, 0.092) },
    mouth: {
      y: mouthY,
      width: random.range(0.12, 0.155),
      curve: random.range(-0.012, 0.012),
      upper: random.range(0.018, 0.028),
      lower: random.range(0.026, 0.04),
    },
    chin: mouthY + random.range(0.125, 0.15),
    colours: {
      skin,
      hair: mix(hair, [0, 0, 0], random.range(0, 0.3)),
      lips: mix(mix(skin, [160, 60, 60], random.range(0.35, 0.6)), [90, 30, 35], 0.15),
      iris: random.pick(IRISES),
      background: [grey, grey, grey + 6],
    },
    light: { x: side * 0.5, y: -random.range(0.2, 0.6), strength: random.range(0.25, 0.5) },
    skin: {
      rough: random.range(0.015, 0.04),
      freckles: random.uniform() < 0.4 ? random.integer(40) : random.integer(5),
      folds: random.range(0.05, 0.2),
      beard: random.uniform() < 0.3 ? random.range(0.1, 0.3) : 0,
      seed: random.integer(2 ** 31),
    },
  };
}

function mix(a: Colour, b: Colour, t: number): Colour {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}
