import type { ClipSet } from "../data/mod.ts";
import type { Unit, UnitResult } from "./types.ts";
import type { UnitReply, UnitRequest } from "./_unit_worker.ts";

/** Does units in parallel, one backend a worker; see {@linkcode openUnitPool}. */
export interface UnitPool {
  /** Does a unit; rejects when a worker fails or the pool is closed, also for units that have not begun. */
  run(unit: Unit, onStep: (share: number) => void): Promise<UnitResult>;
  close(): void;
}

/** One worker, doing one thing at a time. */
class Hand {
  readonly #worker = new Worker(new URL("./_unit_worker.ts", import.meta.url), { type: "module" });
  #waiting: PromiseWithResolvers<UnitResult | null> | null = null;
  #step: (share: number) => void = () => {};
  #closed = false;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<UnitReply>) => {
      if (data.type === "step") return this.#step(data.share);
      const waiting = this.#settled();
      if (data.type === "error") waiting?.reject(new Error(data.message));
      else waiting?.resolve(data.type === "result" ? data.result : null);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#closed = true;
      this.#settled()?.reject(new Error(`A worker failed: ${event.message}`));
    };
  }

  #settled(): PromiseWithResolvers<UnitResult | null> | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }

  ask(request: UnitRequest, onStep: (share: number) => void = () => {}): Promise<UnitResult | null> {
    // An ended worker answers nothing, for ever.
    if (this.#closed) return Promise.reject(new Error("The worker was stopped"));
    this.#waiting = Promise.withResolvers();
    this.#step = onStep;
    this.#worker.postMessage(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#closed = true;
    this.#worker.terminate();
    this.#settled()?.reject(new Error("The worker was stopped"));
  }
}

/** Starts workers, each with a copy of the clips; a unit goes to the first that is free. */
export async function openUnitPool(set: ClipSet, workers: number, backend: "wasm" | "cpu"): Promise<UnitPool> {
  const hands = Array.from({ length: workers }, () => new Hand());
  const close = () => hands.forEach((hand) => hand.close());
  try {
    await Promise.all(hands.map((hand) => hand.ask({ type: "setup", set, backend })));
  } catch (error) {
    close();
    throw error;
  }
  const free = [...hands];
  const queue: ((hand: Hand) => void)[] = [];
  const release = (hand: Hand) => {
    const next = queue.shift();
    if (next) next(hand);
    else free.push(hand);
  };
  return {
    async run(unit, onStep) {
      const hand = free.pop() ?? await new Promise<Hand>((resolve) => queue.push(resolve));
      try {
        return (await hand.ask({ type: "unit", unit }, onStep))!;
      } finally {
        release(hand);
      }
    },
    close,
  };
}
