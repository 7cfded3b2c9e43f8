import { countGpuWork, type GpuWork } from "../runtime/mod.ts";
import { openWork } from "./_work.ts";
import type { BenchOrder } from "./types.ts";

/** What a step asks of the device. */
export interface StepCount {
  /** The first step, which compiles. */
  readonly first: GpuWork;
  /** One like all that follow. */
  readonly next: GpuWork;
}

/**
 * Counts what steps of a piece of work ask of WebGPU, which must be the current backend: the first, and the third, for the second
 * may be recorded to be replayed. They are not executed, so that
 * work of any size is counted on a software adapter; the counts do not depend on the numbers.
 *
 * @param order What is counted; `repeats` is not looked at.
 * @returns Counts.
 * @throws {RangeError} When there is no such workload.
 *
 * @example
 * ```ts
 * import { availableBackends, chooseBackend } from "../runtime/mod.ts";
 * import { assertEquals } from "@std/assert";
 * import { countStep } from "./mod.ts";
 * if ((await availableBackends({ includeSoftware: true })).some(({ name }) => name === "webgpu")) {
 *   await chooseBackend("webgpu");
 *   const { next } = await countStep({ what: "adapt", workload: "tiny", decoder: "none", repeats: 1 });
 *   assertEquals(next.pipelines, 0);
 * }
 * ```
 */
export async function countStep(order: BenchOrder): Promise<StepCount> {
  const work = await openWork(order, 1);
  const counter = countGpuWork({ execute: false });
  try {
    await work.once();
    const first = counter.take();
    await work.once();
    counter.take();
    await work.once();
    return { first, next: counter.take() };
  } finally {
    counter.stop();
    work.close();
  }
}
