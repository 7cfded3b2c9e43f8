import type { ObjectStore } from "./types.ts";

/** Key of manifest number n. */
export function manifestKey(prefix: string, number: number): string {
  return `${prefix}/${String(number).padStart(6, "0")}.json`;
}

/** The numbers that exist below a prefix, ascending. */
export async function manifestNumbers(store: ObjectStore, prefix: string): Promise<number[]> {
  const numbers: number[] = [];
  for (const key of await store.list(`${prefix}/`)) {
    const digits = /^(\d{6,15})\.json$/.exec(key.slice(prefix.length + 1))?.[1];
    // Only the canonical spelling counts: 0000001.json is not number 1.
    if (digits !== undefined && manifestKey(prefix, Number(digits)) === key) numbers.push(Number(digits));
  }
  // Beyond 999999 the names no longer sort like the numbers.
  return numbers.sort((a, b) => a - b);
}
