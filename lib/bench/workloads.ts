/** Sizes of a piece of work. */
export interface Workload {
  /** C. */
  readonly channels: number;
  /** N. */
  readonly ways: number;
  /** K, a class. */
  readonly shots: number;
  /** Q, a class. */
  readonly queries: number;
  /** Macro clips of a task. */
  readonly macro: number;
  /** M. */
  readonly frames: number;
  /** H = W, pixels; three channels. */
  readonly size: number;
  /** Tasks of a meta-batch. */
  readonly tasks: number;
}

const REAL = { channels: 32, ways: 5, shots: 1, queries: 5, macro: 5, frames: 8, size: 64 };

/**
 * Pieces of work by name: `tiny` for tests, `w1` one 5-way 1-shot task of 8×64×64×3 clips, `w4` a meta-batch of four of
 * them, `flow` four 3-way 5-shot tasks of single flow maps, `gpu` a meta-batch for an accelerator.
 */
export const WORKLOADS: Readonly<Record<"tiny" | "w1" | "w4" | "flow" | "gpu", Workload>> = {
  tiny: { channels: 8, ways: 3, shots: 1, queries: 2, macro: 3, frames: 8, size: 32, tasks: 2 },
  w1: { ...REAL, tasks: 1 },
  w4: { ...REAL, tasks: 4 },
  flow: { channels: 32, ways: 3, shots: 5, queries: 5, macro: 3, frames: 1, size: 28, tasks: 4 },
  gpu: { ...REAL, channels: 64, shots: 5, queries: 15, tasks: 16 },
};
