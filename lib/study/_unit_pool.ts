import type { ClipSet } from "../data/mod.ts";
import { WorkerHand } from "../runtime/mod.ts";
import type { Unit, UnitResult } from "./types.ts";
import type { UnitAsk, UnitShare } from "./_unit_worker.ts";

const MODULE = new URL("./_unit_worker.ts", import.meta.url);

type Hand = WorkerHand<UnitAsk, UnitResult | null, UnitShare>;

/** Does units in parallel, one backend a worker; see {@linkcode openUnitPool}. */
export interface UnitPool {
  /** Does a unit; rejects when a worker fails or the pool is closed, also for units that have not begun. */
  run(unit: Unit, onStep: (share: number) => void): Promise<UnitResult>;
  close(): void;
}

/** Starts workers, each with a copy of the clips; a unit goes to the first that is free. */
export async function openUnitPool(set: ClipSet, workers: number, backend: "wasm" | "cpu"): Promise<UnitPool> {
  const hands = Array.from({ length: workers }, (): Hand => new WorkerHand(MODULE));
  const close = () => hands.forEach((hand) => hand.close());
  try {
    await Promise.all(hands.map((hand) => hand.ask({ set, backend })));
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
        return (await hand.ask({ unit }, onStep))!;
      } finally {
        release(hand);
      }
    },
    close,
  };
}
