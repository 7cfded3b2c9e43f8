/** What the store says of a slot: which version is current, and the model that it is or was calibrated on. */
export interface Found {
  readonly version: string;
  /** Whose model it is, and for a subject the version of the model. */
  readonly base: { readonly owner: string; readonly name: string; readonly version: string };
}

/** Remembers for a moment what the store said. */
export interface Lookups {
  /** Slots that are remembered. */
  readonly entries: number;
  /** What the store says of a slot, or said not longer ago than the window; asks once for concurrent calls. */
  find(slot: string, look: () => Promise<Found>): Promise<Found>;
  /** Forgets a slot: who asks from here on hears what the store says now. */
  drop(slot: string): void;
  /** Forgets what no longer counts, as `find` does too: slots are named after people. */
  sweep(): void;
  clear(): void;
}

/** When {@linkcode createLookups} asks the store again. */
export interface LookupOptions {
  /** Milliseconds that an answer of the store counts. @default {0} it is asked at every request */
  readonly freshMs?: number;
  /** Milliseconds that only grow. */
  now(): number;
}

/** Makes the memory of what the store said. */
export function createLookups({ freshMs = 0, now }: LookupOptions): Lookups {
  // In order of their time: every answer is inserted anew.
  const known = new Map<string, { readonly at: number; readonly found: Promise<Found> }>();

  function forgetOld(): void {
    const oldest = now() - freshMs;
    for (const [slot, { at }] of known) {
      if (at > oldest) return;
      known.delete(slot);
    }
  }

  return {
    get entries() {
      return known.size;
    },
    find(slot, look) {
      if (freshMs === 0) return look();
      forgetOld();
      const held = known.get(slot);
      if (held !== undefined) return held.found;
      // From its beginning on: what is read may change from then on.
      const entry = { at: now(), found: look() };
      known.set(slot, entry);
      entry.found.catch(() => {
        if (known.get(slot) === entry) known.delete(slot);
      });
      return entry.found;
    },
    sweep: forgetOld,
    drop: (slot) => void known.delete(slot),
    clear: () => known.clear(),
  };
}
