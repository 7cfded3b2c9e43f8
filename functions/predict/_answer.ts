import type { WorkPlace } from "../../lib/http/mod.ts";
import type { LoadedPredictor } from "./create_predictor_cache.ts";

/** What answers a request: which predictor, and how to make it. */
export interface Answerer {
  readonly slot: string;
  readonly version: string;
  readonly model: { readonly name: string; readonly version: string };
  readonly subject: { readonly id: string; readonly version: string; readonly stale: boolean } | null;
  load(): Promise<LoadedPredictor>;
}

/** Which weights a request wants. */
export interface Asked {
  readonly subject?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
}

/** What a request gets. */
export interface Answer extends Pick<Answerer, "model" | "subject"> {
  /** `[B, N]`. */
  readonly probabilities: Float32Array;
  readonly classes: readonly string[];
}

/** How an answer is made. */
export interface AnswerOptions {
  readonly place: WorkPlace;
  /** Told the name of what is done: load, then decode. */
  mark?(name: string): void;
}
