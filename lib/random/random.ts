import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** A seeded stream of random numbers. Every function that needs chance takes one as an argument. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform in [low, high). */
  range(low: number, high: number): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** A new array with the items in random order (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** One item, uniformly. */
  pick<T>(items: readonly T[]): T;
}

/** FNV-1a over the UTF-16 code units, finished with murmur3's mixer: one 32-bit word from seed and names. */
function hashWords(seed: number, names: readonly (string | number)[]): number {
  let h = 0x811c9dc5;
  const text = `${seed}/${names.join("/")}`;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/**
 * Opens the random sub-stream that a root seed and a list of names identify.
 *
 * The same seed and names give the same numbers on every backend and machine; streams with other names are
 * independent. Naming a stream by what it is for (`"episode", step, task`) makes work resumable without saving
 * generator state.
 *
 * @param seed The root seed, an integer.
 * @param names What the stream is for.
 * @returns A fresh stream at its start (xoroshiro128+).
 * @throws {RangeError} When the seed is no safe integer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createRandom } from "./mod.ts";
 * assertEquals(createRandom(7, "episode", 3).uniform(), createRandom(7, "episode", 3).uniform());
 * ```
 */
export function createRandom(seed: number, ...names: (string | number)[]): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot seed a random stream: expected an integer, got ${seed}`);
  }
  const generator: RandomGenerator = xoroshiro128plus(hashWords(seed, names));
  let spare: number | undefined;
  const uniform = () => (generator.next() >>> 0) / 0x1_0000_0000;
  const integer = (n: number) => Math.floor(uniform() * n);
  return {
    uniform,
    range: (low, high) => low + (high - low) * uniform(),
    integer,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle<T>(items: readonly T[]): T[] {
      const out = items.slice();
      for (let i = out.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [out[i], out[j]] = [out[j]!, out[i]!];
      }
      return out;
    },
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError("Cannot pick from an empty list");
      return items[integer(items.length)]!;
    },
  };
}
