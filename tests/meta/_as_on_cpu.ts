import { assert } from "@std/assert";
import { type BackendName, chooseBackend } from "../../lib/runtime/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { dot, relativeError } from "../_util/numbers.ts";
import { tolerance } from "../_util/tolerance.ts";
import type { Arrays } from "./_differences.ts";

/** Holds what a backend computes against what cpu computes, and against leaks; tensors far below the largest count less. */
export async function assertAsOnCpu(backend: BackendName, run: () => Promise<Arrays>): Promise<void> {
  await chooseBackend("cpu");
  const reference = await run();
  await chooseBackend(backend);
  const floor = 1e-2 * Math.max(...[...reference.values()].map((array) => Math.sqrt(dot(array, array))));
  for (const [path, array] of await withTensorCount(run)) {
    const error = relativeError(array, reference.get(path)!, floor);
    assert(error <= tolerance(backend), `${path}: ${error}`);
  }
}
