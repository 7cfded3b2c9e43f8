import type { ModelCard, Predictor } from "../../lib/inference/mod.ts";
import { createLookups, type Found, type LookupOptions } from "./_create_lookups.ts";
import { isSubjectSlot } from "./is_subject_slot.ts";

/** A predictor and the card it was made with. */
export interface LoadedPredictor {
  readonly predictor: Predictor;
  /** Predicts like the predictor, clips of several requests in one run. */
  readonly together: Predictor["predict"];
  readonly card: Pick<ModelCard, "classes" | "recipe">;
}

interface Entry {
  readonly version: string;
  readonly loading: Promise<LoadedPredictor>;
  loaded: LoadedPredictor | null;
  users: number;
  usedAt: number;
  retired: boolean;
}

/** Options of {@linkcode createPredictorCache}. */
export interface PredictorCacheOptions extends Partial<LookupOptions> {
  /** Milliseconds after which `sweep` lets go of a subject that nobody asked for. @default {600_000} */
  readonly idleMs?: number;
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
   * Which version of a slot is current, as the store says or said within the window of freshness.
   *
   * @param slot What is looked up.
   * @param look Asks the store; runs once for concurrent calls within the window.
   */
  find(slot: string, look: () => Promise<Found>): Promise<Found>;
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
  /** Lets go of a slot and of what the store said of it; its predictor is disposed as soon as nobody works with it. */
  drop(slot: string): void;
  /** Lets go of subjects that nobody asked for in a while: another process may have erased them. */
  sweep(): void;
  /** Lets go of all slots. */
  clear(): void;
}

/**
 * Makes a cache of predictors that evicts what was used least recently.
 *
 * @param maxBytes Bytes to hold at most, by `Predictor.bytes`; a predictor larger than that is disposed after its use.
 * @param options How long what the store said counts, and when idle subjects go.
 * @returns The cache.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createPredictorCache } from "./mod.ts";
 * assertEquals(createPredictorCache(1e6).bytes, 0);
 * ```
 */
export function createPredictorCache(maxBytes: number, options: PredictorCacheOptions = {}): PredictorCache {
  const { freshMs = 0, idleMs = 600_000, now = () => performance.now() } = options;
  const lookups = createLookups({ freshMs, now });
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
    const entry: Entry = { version, loading: load(), loaded: null, users: 0, usedAt: now(), retired: false };
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
    find: (slot, look) => lookups.find(slot, look),
    async use(slot, version, load, work) {
      const entry = open(slot, version, load);
      entry.users++;
      entry.usedAt = now();
      try {
        return await work(await entry.loading);
      } finally {
        entry.users--;
        release(entry);
      }
    },
    drop(slot) {
      lookups.drop(slot);
      const entry = entries.get(slot);
      if (entry !== undefined) retire(slot, entry);
    },
    sweep() {
      lookups.sweep();
      const oldest = now() - idleMs;
      for (const [slot, entry] of entries) if (isSubjectSlot(slot) && entry.usedAt < oldest) retire(slot, entry);
    },
    clear() {
      lookups.clear();
      for (const [slot, entry] of [...entries]) retire(slot, entry);
    },
  };
}
