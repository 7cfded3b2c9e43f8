import type { Random } from "../../lib/random/mod.ts";
import type { ObjectStore } from "../../lib/storage/mod.ts";

/** How often a store misbehaves, as shares of its calls. */
export interface StoreFaults {
  /** Calls that wait up to `slowMs`. */
  readonly slow: number;
  readonly slowMs: number;
  /** Calls that fail and do nothing. */
  readonly fails: number;
  /** Writes that are done, though the caller is told that they failed. */
  readonly lostAnswers: number;
}

/** The message of what is injected, so that it can be told from a defect. */
export const INJECTED = "injected fault";

/** A store that is slow, fails, and loses answers. */
export function faultyStore(store: ObjectStore, random: Random, faults: () => StoreFaults | null): ObjectStore {
  async function call<T>(writes: boolean, work: () => Promise<T>): Promise<T> {
    const now = faults();
    if (now === null) return await work();
    if (random.uniform() < now.slow) await new Promise((resolve) => setTimeout(resolve, random.range(0, now.slowMs)));
    if (random.uniform() < now.fails) throw new Error(`${INJECTED}: the call did nothing`);
    const result = await work();
    if (writes && random.uniform() < now.lostAnswers) throw new Error(`${INJECTED}: the answer was lost`);
    return result;
  }
  return {
    url: store.url,
    check: (access) => store.check(access),
    get: (key) => call(false, () => store.get(key)),
    list: (prefix) => call(false, () => store.list(prefix)),
    put: (key, bytes) => call(true, () => store.put(key, bytes)),
    putIfAbsent: (key, bytes) => call(true, () => store.putIfAbsent(key, bytes)),
    delete: (key) => call(true, () => store.delete(key)),
    deletePrefix: (prefix) => call(true, () => store.deletePrefix(prefix)),
    sweep: (prefix) => call(true, () => store.sweep(prefix)),
  };
}
