/**
 * Makes a lock that runs work of one key one after another, of different keys at once.
 *
 * @returns A function of key and work that settles as the work does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createKeyedLock } from "./mod.ts";
 * const lock = createKeyedLock();
 * const order: number[] = [];
 * await Promise.all([
 *   lock("a", async () => {
 *     await Promise.resolve();
 *     order.push(1);
 *   }),
 *   lock("a", () => Promise.resolve(order.push(2))),
 * ]);
 * assertEquals(order, [1, 2]);
 * ```
 */
export function createKeyedLock(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    // A failure is its own caller's; who waits behind it only waits.
    const mine = before.then(work, work);
    const tail = mine.catch(() => {});
    tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}
