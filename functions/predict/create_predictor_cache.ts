import type { ModelCard, Predictor } from "../../lib/inference/mod.ts";

/** A predictor and the card it was made with. */
export interface LoadedPredictor {
  readonly predictor: Predictor;
  readonly card: Pick<ModelCard, "classes" | "recipe">;
}

interface Entry {
  readonly version: string;
  readonly loading: Promise<LoadedPredictor>;
  loaded: LoadedPredictor | null;
  users: number;
  retired: boolean;
}

/** Predictors in memory, one version a slot. */
export interface PredictorCache {
  /** Bytes held by the predictors in the cache. */
  readonly bytes: number;
  /** Predictors in the cache. */
  readonly entries: number;
  /** Uses that found their predictor, uses that did not, and predictors that went to make room. */
  readonly counts: { readonly hits: number; readonly misses: number; readonly evictions: number };
  /**
   * Works with the predictor of a slot, loading it when the slot is empty or holds another version.
   *
   * @param slot What the predictor is for: a model or a subject.
   * @param version The version that is current.
   * @param load Makes the predictor; runs once for concurrent uses.
   * @param work What to do; the predictor lives at least until it settles.
   */
  use<T>(
    slot: string,
    version: string,
    load: () => Promise<LoadedPredictor>,
    work: (loaded: LoadedPredictor) => Promise<T>,
  ): Promise<T>;
  /** Lets go of a slot; its predictor is disposed as soon as nobody works with it. */
  drop(slot: string): void;
  /** Lets go of all slots. */
  clear(): void;
}

/**
 * Makes a cache of predictors that evicts what was used least recently.
 *
 * @param maxBytes Bytes to hold at most, by `Predictor.bytes`; a predictor larger than that is disposed after its use.
 * @returns The cache.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPredictorCache } from "./mod.ts";
 * assertEquals(createPredictorCache(1e6).bytes, 0);
 * ```
 */
export function createPredictorCache(maxBytes: number): PredictorCache {
  // A Map iterates in insertion order: every use inserts anew, so the first is the least recently used.
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const counts = { hits: 0, misses: 0, evictions: 0 };

  function release(entry: Entry): void {
    if (entry.retired && entry.users === 0) entry.loaded?.predictor.dispose();
  }

  function retire(slot: string, entry: Entry): void {
    if (entries.get(slot) === entry) entries.delete(slot);
    if (entry.retired) return;
    entry.retired = true;
    bytes -= entry.loaded?.predictor.bytes ?? 0;
    release(entry);
  }

  function evict(): void {
    for (const [slot, entry] of entries) {
      if (bytes <= maxBytes) return;
      if (entry.loaded === null) continue;
      counts.evictions++;
      retire(slot, entry);
    }
  }

  function open(slot: string, version: string, load: () => Promise<LoadedPredictor>): Entry {
    const held = entries.get(slot);
    if (held?.version === version) {
      counts.hits++;
      entries.delete(slot);
      entries.set(slot, held);
      return held;
    }
    counts.misses++;
    if (held !== undefined) retire(slot, held);
    const entry: Entry = { version, loading: load(), loaded: null, users: 0, retired: false };
    entries.set(slot, entry);
    entry.loading.then((loaded) => {
      entry.loaded = loaded;
      if (entry.retired) return release(entry);
      bytes += loaded.predictor.bytes;
      evict();
    }, () => retire(slot, entry));
    return entry;
  }

  return {
    get bytes() {
      return bytes;
    },
    get entries() {
      return entries.size;
    },
    counts,
    async use(slot, version, load, work) {
      const entry = open(slot, version, load);
      entry.users++;
      try {
        return await work(await entry.loading);
      } finally {
        entry.users--;
        release(entry);
      }
    },
    drop(slot) {
      const entry = entries.get(slot);
      if (entry !== undefined) retire(slot, entry);
    },
    clear() {
      for (const [slot, entry] of [...entries]) retire(slot, entry);
    },
  };
}
