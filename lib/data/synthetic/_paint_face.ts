import { createRandom } from "../../random/mod.ts";
import type { SyntheticFace } from "./synthetic_face.ts";
import { skinNoise } from "./_skin_noise.ts";

/** A face at rest, to be warped: a square raster over [−EXTENT, EXTENT]². */
export interface PaintedFace {
  /** Texels a side, T. */
  readonly texels: number;
  /** C. */
  readonly channels: 1 | 3;
  /** `[T, T, C]` the face with open eyes, 0 to 255. */
  readonly open: Float32Array;
  /** `[T, T, C]` the same with closed lids. */
  readonly closed: Float32Array;
  /** `[T, T]` how far the lids must close to cover a texel: 0 at the upper lid to 1 at the lower, 2 outside the eyes. */
  readonly cover: Float32Array;
}

/** Half the raster's side: the picture spans ±½, the rest is there for movement. */
export const EXTENT = 0.6;
const TEXELS = 200;

/** The line between the lips, which opens when the jaw drops. */
export function mouthLine(face: SyntheticFace, x: number): number {
  const t = x / face.mouth.width;
  return face.mouth.y + face.mouth.curve * Math.min(1, t * t);
}

/** How far apart the lips can be at x: 1 in the middle, 0 at the corners and beyond. */
export function mouthTaper(face: SyntheticFace, x: number): number {
  const t = x / (0.95 * face.mouth.width);
  return Math.max(0, 1 - t * t);
}

/** Paints a face at rest, in colour and full resolution. */
export function paintFace(face: SyntheticFace): PaintedFace {
  const open = new Float32Array(TEXELS * TEXELS * 3);
  const closed = new Float32Array(TEXELS * TEXELS * 3);
  const cover = new Float32Array(TEXELS * TEXELS).fill(2);
  const random = createRandom(face.skin.seed, "skin");
  const noise = skinNoise(random, TEXELS);
  const freckles = Array.from({ length: face.skin.freckles }, () => ({
    x: random.range(-0.3, 0.3),
    y: random.range(-0.3, 0.35),
    size: random.range(0.004, 0.009),
  }));
  const rgb = new Float64Array(3);
  const step = 2 * EXTENT / TEXELS;

  for (let row = 0; row < TEXELS; row++) {
    const y = -EXTENT + (row + 0.5) * step;
    for (let column = 0; column < TEXELS; column++) {
      const x = -EXTENT + (column + 0.5) * step;
      const at = row * TEXELS + column;
      const grain = noise[at]!;
      paintHead(face, x, y, grain, rgb);
      for (const spot of freckles) {
        const near = bump(x - spot.x, y - spot.y, spot.size, spot.size);
        if (near > 0.05) blend(rgb, [0.75 * rgb[0]!, 0.68 * rgb[1]!, 0.62 * rgb[2]!], near);
      }
      closed.set(rgb, at * 3);
      const height = paintEye(face, x, y, rgb);
      if (height.inside) cover[at] = height.cover;
      paintClosedLid(face, x, y, closed, at * 3);
      paintBrow(face, x, y, grain, rgb);
      open.set(rgb, at * 3);
      for (let c = 0; c < 3; c++) rgb[c] = closed[at * 3 + c]!;
      paintBrow(face, x, y, grain, rgb);
      closed.set(rgb, at * 3);
    }
  }
  return { texels: TEXELS, channels: 3, open, closed, cover };
}

/** Everything but eyes and brows, from the back to the front. */
function paintHead(face: SyntheticFace, x: number, y: number, grain: number, rgb: Float64Array): void {
  const { colours, head, light, skin, mouth, nose, eye } = face;
  const side = Math.abs(x);

  // Background, then the hair's outline, then neck, ears and the face itself.
  setTo(rgb, colours.background, 1 - 0.15 * y);
  const hairEdge = Math.hypot(side / (head.width + 0.045), (y + 0.08) / 0.52) - 1;
  if (y < 0.2) blend(rgb, colours.hair, edge(-hairEdge, 0.03), 1 + 0.12 * grain);
  blend(rgb, colours.skin, edge(0.2 - side, 0.03) * edge(y - 0.3, 0.02), 0.55);
  blend(
    rgb,
    colours.skin,
    edge(1 - Math.hypot((side - head.width - 0.01) / 0.03, (y - eye.y - 0.06) / 0.08), 0.3),
    0.8,
  );

  // Upper half an ellipse, lower half a superellipse: a larger exponent makes a squarer jaw.
  const lower = Math.max(0, y);
  const halfWidth = y < 0
    ? head.width * Math.sqrt(Math.max(0, 1 - (y / 0.56) ** 2))
    : head.width * Math.max(0, 1 - (lower / head.height) ** head.jaw) ** 0.6;
  const inside = edge(halfWidth - side, 0.02);
  if (inside > 0) {
    // Lambert's law on an ellipsoid, plus the nose's ridge and soft modelling.
    const nx = x / (head.width + 0.05);
    const ny = y / 0.6;
    const nz = Math.sqrt(Math.max(0.05, 1 - nx * nx - ny * ny));
    const lit = (nx * light.x + ny * light.y + nz) / Math.hypot(light.x, light.y, 1);
    let shade = 1 - light.strength + light.strength * 1.25 * Math.max(0, lit);

    const ridge = bump(x, y - nose.y + 0.1, 0.022, 0.1);
    const flank = bump(side - 0.045, y - nose.y + 0.06, 0.02, 0.09);
    const towards = Math.sign(x) * light.x;
    shade *= 1 + 0.1 * ridge + flank * (0.16 * towards - 0.08);
    shade *= 1 + 0.1 * bump(x, y - nose.y + 0.008, 0.03, 0.022);
    shade *= 1 - 0.2 * bump(x, y - nose.y - 0.03, nose.width * 0.8, 0.014);
    shade *= 1 - 0.22 * bump(side - eye.x * 0.95, y - eye.y + 0.005, 0.09, 0.045);
    shade *= 1 - 0.12 * bump(side - 0.07, y - eye.y, 0.03, 0.04);
    shade *= 1 + 0.07 * bump(side - 0.23, y - eye.y - 0.15, 0.08, 0.06);
    shade *= 1 - 0.16 * bump(x, y - mouth.y - mouth.lower - 0.022, mouth.width * 0.6, 0.016);
    shade *= 1 + 0.06 * bump(x, y - face.chin, 0.07, 0.04);
    shade *= 1 - 0.06 * bump(x, y - (nose.y + mouth.y) / 2 - 0.01, 0.012, 0.03);

    // Nasolabial folds run from the nose's wings around the mouth's corners.
    const along = (y - nose.y) / (mouth.y - nose.y + 0.02);
    if (along > -0.2 && along < 1.3) {
      const fold = nose.width + 0.012 + (mouth.width + 0.03 - nose.width - 0.012) * Math.max(0, along) ** 0.8;
      shade *= 1 -
        skin.folds * Math.exp(-0.5 * ((side - fold) / 0.012) ** 2) * edge(along, 0.3) * edge(1.1 - along, 0.3);
    }
    shade *= 1 + skin.rough * grain;

    const tone = [colours.skin[0], colours.skin[1], colours.skin[2]];
    const flush = 0.25 * bump(side - 0.22, y - eye.y - 0.16, 0.08, 0.06) + 0.2 * bump(x, y - nose.y, 0.04, 0.03);
    tone[1]! *= 1 - 0.2 * flush;
    tone[2]! *= 1 - 0.2 * flush;
    const beard = skin.beard * edge(y - nose.y - 0.04 + 0.25 * Math.max(0, 0.3 - side) - 0.05, 0.2) *
      (1 - bump(x, y - mouth.y, mouth.width, 0.04));
    for (let c = 0; c < 3; c++) tone[c]! *= (1 - beard) * shade;
    blend(rgb, tone, inside);

    const nostril = bump(side - nose.width * 0.42, y - nose.y - 0.014, 0.015, 0.008);
    const wing = Math.exp(-0.5 * ((Math.hypot((side - nose.width * 0.72) / 0.8, y - nose.y) - 0.024) / 0.006) ** 2);
    blend(rgb, [35, 18, 15], 0.75 * nostril);
    if (side > nose.width * 0.75) blend(rgb, [40, 22, 18], 0.3 * wing);
    paintMouth(face, x, y, shade, rgb);
  }
  // The fringe of hair, over the face.
  const hairline = face.hairline + 0.25 * x * x + 0.006 * grain;
  const temple = edge(side - halfWidth + 0.035, 0.02) * edge(-0.02 - y, 0.06);
  const fringe = Math.max(edge(hairline - y, 0.025), temple) * (hairEdge < 0.03 ? 1 : 0);
  blend(rgb, colours.hair, fringe, 1 + 0.12 * grain + 0.2 * bump(x - 0.3 * light.x, y + 0.45, 0.2, 0.05));
}

function paintMouth(face: SyntheticFace, x: number, y: number, shade: number, rgb: Float64Array): void {
  const { mouth, colours } = face;
  const t = x / mouth.width;
  const full = Math.max(0, 1 - t * t);
  const down = y - mouthLine(face, x);
  if (Math.abs(t) < 1.15) {
    const bow = 1 - 0.35 * Math.exp(-((t / 0.18) ** 2)); // Cupid's bow
    const upper = edge(down + mouth.upper * bow * Math.sqrt(full), 0.006) * edge(-down, 0.004);
    const lower = edge(mouth.lower * full ** 0.6 - down, 0.007) * edge(down, 0.004);
    const lips = full > 0 ? 1 : 0;
    blend(rgb, colours.lips, 0.9 * lips * upper, 0.82 * shade);
    blend(
      rgb,
      colours.lips,
      0.9 * lips * lower,
      (1 + 0.15 * bump(x, down - mouth.lower * 0.45, mouth.width * 0.4, 0.008)) * shade,
    );
    const line = Math.exp(-0.5 * (down / 0.0055) ** 2) * edge(1.04 - Math.abs(t), 0.08);
    blend(rgb, [45, 18, 18], 0.8 * line);
  }
  blend(rgb, [50, 25, 20], 0.3 * bump(Math.abs(x) - mouth.width * 1.02, down, 0.012, 0.01));
}

/** Paints the open eye and says how far the lids must close to cover this point. */
function paintEye(face: SyntheticFace, x: number, y: number, rgb: Float64Array): { inside: boolean; cover: number } {
  const { eye, colours } = face;
  const { across, upper, lower, v } = eyeCurves(face, x, y);
  if (Math.abs(across) > 1.3) return { inside: false, cover: 2 };
  const full = Math.max(0, 1 - across * across);
  const inner = full > 0 ? edge(v - upper, 0.005) * edge(lower - v, 0.005) : 0;
  blend(rgb, [222, 214, 208], inner, 0.92 - 0.2 * Math.exp(-Math.max(0, v - upper) / 0.012));
  const radius = eye.height * 0.88;
  const r = Math.hypot(Math.abs(x) - eye.x, v + eye.height * 0.08);
  blend(rgb, colours.iris, inner * edge(radius - r, 0.006));
  blend(rgb, [15, 12, 12], inner * edge(radius * 0.48 - r, 0.006));
  blend(
    rgb,
    [250, 250, 250],
    inner * 0.9 * bump(x - Math.sign(x) * eye.x + 0.012, v + eye.height * 0.35, 0.006, 0.006),
  );
  // Lashes above, a faint line below, the lid's crease.
  const width = edge(1.12 - Math.abs(across), 0.1);
  blend(rgb, [24, 16, 14], 0.85 * width * Math.exp(-0.5 * ((v - upper) / 0.0065) ** 2));
  blend(rgb, [60, 36, 30], 0.4 * width * Math.exp(-0.5 * ((v - lower) / 0.005) ** 2));
  blend(rgb, [60, 36, 30], 0.3 * width * Math.exp(-0.5 * ((v - upper * 1.15 + 0.016) / 0.005) ** 2));
  const cover = (v - upper + 0.004) / Math.max(0.01, lower - upper);
  return { inside: Math.abs(across) < 1.1 && v > upper - 0.012 && v < lower + 0.004, cover: clamp(cover) };
}

function paintClosedLid(face: SyntheticFace, x: number, y: number, out: Float32Array, at: number): void {
  const { across, lower, v } = eyeCurves(face, x, y);
  if (Math.abs(across) > 1.3) return;
  const line = 0.8 * edge(1.1 - Math.abs(across), 0.1) * Math.exp(-0.5 * ((v - lower) / 0.007) ** 2);
  const dark = [24, 16, 14];
  for (let c = 0; c < 3; c++) out[at + c] = out[at + c]! * (1 - line) + dark[c]! * line;
}

/** The almond: where across the eye we are (−1 to 1 inside), its two lids there, and the height in the eye's own axes. */
function eyeCurves(face: SyntheticFace, x: number, y: number) {
  const { eye } = face;
  const across = (Math.abs(x) - eye.x) / eye.width;
  const v = y - eye.y - eye.tilt * (Math.abs(x) - eye.x);
  const full = Math.max(0, 1 - across * across);
  return { across, v, upper: -eye.height * full ** 0.7, lower: eye.height * 0.75 * full ** 0.8 };
}

function paintBrow(face: SyntheticFace, x: number, y: number, grain: number, rgb: Float64Array): void {
  const { brow, colours } = face;
  const t = (Math.abs(x) - brow.inner) / (brow.outer - brow.inner);
  if (t < -0.15 || t > 1.15) return;
  const middle = brow.y + 0.4 * brow.arch - brow.arch * Math.sin(Math.PI * Math.min(1, 0.15 + 0.75 * t)) +
    0.015 * t * t;
  const half = 0.5 * brow.thickness * (1.05 - 0.55 * Math.max(0, t));
  const hairs = edge(half - Math.abs(y - middle), 0.009) * edge(t + 0.03, 0.12) * edge(1.03 - t, 0.15);
  blend(rgb, colours.hair, brow.strength * hairs, 0.9 + 0.1 * grain);
}

/** 0 well outside, 1 well inside: a soft step of this width around 0. */
function edge(distance: number, width: number): number {
  const t = clamp(distance / width + 0.5);
  return t * t * (3 - 2 * t);
}

function bump(x: number, y: number, sx: number, sy: number): number {
  const d = (x / sx) ** 2 + (y / sy) ** 2;
  return d > 16 ? 0 : Math.exp(-0.5 * d);
}

function clamp(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}

function setTo(rgb: Float64Array, colour: readonly number[], gain: number): void {
  for (let c = 0; c < 3; c++) rgb[c] = colour[c]! * gain;
}

function blend(rgb: Float64Array, colour: readonly number[], amount: number, gain = 1): void {
  if (amount <= 0) return;
  for (let c = 0; c < 3; c++) rgb[c] = rgb[c]! + amount * (gain * colour[c]! - rgb[c]!);
}
