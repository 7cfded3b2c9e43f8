/** What the functions have acknowledged, and what was asked of them without an answer. */
export interface Ledger {
  /** Promotions of an alias in the order of their acknowledgement; one client makes them. */
  readonly promoted: string[];
  /** The last acknowledged version of each subject, while nothing else was asked since. */
  readonly calibrated: Map<string, string>;
  /** Subjects of which a calibration was asked that was not answered: either version is right. */
  readonly uncertain: Set<string>;
  /** Subjects whose erasure was acknowledged. */
  readonly erased: Set<string>;
  /** Subjects whose erasure was asked but not answered: they may be there or not. */
  readonly erasing: Set<string>;
  /** Runs that were acknowledged. */
  readonly runs: Set<string>;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  return {
    promoted: [],
    calibrated: new Map(),
    uncertain: new Set(),
    erased: new Set(),
    erasing: new Set(),
    runs: new Set(),
  };
}
