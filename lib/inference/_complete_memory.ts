import type { StoredTensor } from "../storage/mod.ts";
import { nameMemory, type StoredMemory } from "./memory.ts";

/** The entries of a memory. */
function entriesOf(memory: StoredMemory): { label: number; row: Float32Array }[] {
  const { features, labels } = memory as { features: StoredTensor; labels: StoredTensor };
  const width = features.shape[1]!;
  return Array.from(labels.data, (label, i) => ({
    label,
    row: (features.data as Float32Array).slice(i * width, (i + 1) * width),
  }));
}

/**
 * Fills a person's memory up with the base's entries of the classes that calibration did not cover. Where the person's
 * classes have several entries each, an entry of the base counts as often as they have on average: attention adds up
 * over entries, and a class must not lose by their number.
 */
export function completeMemory(own: StoredMemory, base: StoredMemory): StoredMemory {
  const mine = entriesOf(own);
  const present = new Set(mine.map(({ label }) => label));
  const times = Math.max(1, Math.round(mine.length / present.size));
  const others = entriesOf(base).filter(({ label }) => !present.has(label));
  const all = [...mine, ...others.flatMap((entry) => new Array<typeof entry>(times).fill(entry))];
  return nameMemory(all.map(({ row }) => row), all.map(({ label }) => label));
}
