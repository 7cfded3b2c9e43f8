import type { ClipSet } from "../data/mod.ts";
import type { Unit, UnitResult } from "./types.ts";
import type { UnitReply, UnitRequest } from "./_unit_worker.ts";

/** Does units in parallel, one backend a worker; see {@linkcode openUnitPool}. */
export interface UnitPool {
  /** Does a unit; rejects with the pool's error when a worker fails or the pool is closed. */
  run(unit: Unit, onStep: (share: number) => void): Promise<UnitResult>;
  close(): void;
}

interface Hand {
  readonly worker: Worker;
  ask(request: UnitRequest, onStep: (share: number) => void): Promise<UnitResult | null>;
  stop(): void;
}

function startHand(): Hand {
  const worker = new Worker(new URL("./_unit_worker.ts", import.meta.url), { type: "module" });
  let waiting: PromiseWithResolvers<UnitResult | null> | null = null;
  let step: (share: number) => void = () => {};
  const settle = (act: (waiting: PromiseWithResolvers<UnitResult | null>) => void) => {
    const current = waiting;
    waiting = null;
    if (current) act(current);
  };
  worker.onmessage = ({ data }: MessageEvent<UnitReply>) => {
    if (data.type === "step") return step(data.share);
    if (data.type === "error") return settle((it) => it.reject(new Error(data.message)));
    settle((it) => it.resolve(data.type === "result" ? data.result : null));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    settle((it) => it.reject(new Error(`A worker failed: ${event.message}`)));
  };
  return {
    worker,
    ask(request, onStep) {
      waiting = Promise.withResolvers();
      step = onStep;
      worker.postMessage(request);
      return waiting.promise;
    },
    stop() {
      worker.terminate();
      settle((it) => it.reject(new Error("The worker was stopped")));
    },
  };
}

/** Starts workers, each with a copy of the clips; a unit goes to the first that is free. */
export async function openUnitPool(set: ClipSet, workers: number, backend: "wasm" | "cpu"): Promise<UnitPool> {
  const hands = Array.from({ length: workers }, startHand);
  const close = () => hands.forEach((hand) => hand.stop());
  try {
    await Promise.all(hands.map((hand) => hand.ask({ type: "setup", set, backend }, () => {})));
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
