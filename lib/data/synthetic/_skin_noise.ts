import type { Random } from "../../random/mod.ts";

/** Value noise `[side, side]` of three octaves, standard deviation about 1: the skin's grain. */
export function skinNoise(random: Random, side: number): Float32Array {
  const out = new Float32Array(side * side);
  for (const [cells, weight] of [[12, 0.9], [32, 0.9], [80, 0.9]] as const) {
    const lattice = Float32Array.from({ length: (cells + 2) ** 2 }, () => random.normal());
    for (let row = 0; row < side; row++) {
      const y = row / side * cells;
      const [y0, fy] = [Math.floor(y), smooth(y % 1)];
      for (let column = 0; column < side; column++) {
        const x = column / side * cells;
        const [x0, fx] = [Math.floor(x), smooth(x % 1)];
        const at = y0 * (cells + 2) + x0;
        const top = lattice[at]! * (1 - fx) + lattice[at + 1]! * fx;
        const bottom = lattice[at + cells + 2]! * (1 - fx) + lattice[at + cells + 3]! * fx;
        out[row * side + column]! += weight * (top * (1 - fy) + bottom * fy);
      }
    }
  }
  return out;
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}
