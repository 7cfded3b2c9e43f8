/** What a part of the soak found. */
export interface SoakRow {
  readonly what: string;
  /** Whether what must hold held. */
  readonly ok: boolean;
  /** What did not hold, at most a few. */
  readonly faults: readonly string[];
  /** What was not judged, and what it would take. @default {everything was} */
  readonly notes?: readonly string[];
  readonly figures: Readonly<Record<string, number | string>>;
}

/** What every part is given. */
export interface SoakOptions {
  /** Ends the part early. */
  readonly signal: AbortSignal;
  readonly seed: number;
  /** Told how far the part is. */
  progress?(done: number, total: number, note?: string): void;
}
