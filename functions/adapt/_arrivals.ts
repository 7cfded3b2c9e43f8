/** A request for a calibration between its arrival and its turn. */
export interface Arrival {
  /** Whether its subject was deleted since. */
  readonly deleted: boolean;
  /** Ends the watch. */
  leave(): void;
}

/** Knows which calibrations of a subject have arrived, but not begun to work. */
export interface Arrivals {
  arrive(key: string): Arrival;
  /** Tells all that have arrived that their subject is deleted. */
  markDeleted(key: string): void;
}

/**
 * Makes the register that keeps a deletion final: a body that was still on its way when its subject was deleted must
 * not bring that subject back. It holds a key no longer than a request lasts.
 */
export function createArrivals(): Arrivals {
  const present = new Map<string, Set<{ deleted: boolean }>>();
  return {
    arrive(key) {
      const here = present.get(key) ?? new Set();
      const mark = { deleted: false };
      present.set(key, here.add(mark));
      return {
        get deleted() {
          return mark.deleted;
        },
        leave() {
          here.delete(mark);
          if (here.size === 0 && present.get(key) === here) present.delete(key);
        },
      };
    },
    markDeleted(key) {
      for (const mark of present.get(key) ?? []) mark.deleted = true;
    },
  };
}
