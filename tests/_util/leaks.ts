import { assertEquals } from "@std/assert";
import { countTensors } from "../../lib/runtime/mod.ts";

/**
 * Runs a function and fails when it leaves more or fewer tensors alive than it should.
 *
 * @param f What to run; tensors it returns on purpose are counted by `kept`.
 * @param kept Tensors that f leaves alive on purpose. Default 0.
 * @returns What f returned.
 */
export async function withTensorCount<T>(f: () => T | Promise<T>, kept = 0): Promise<T> {
  const before = countTensors();
  const result = await f();
  assertEquals(countTensors() - before, kept, "tensors left alive");
  return result;
}
