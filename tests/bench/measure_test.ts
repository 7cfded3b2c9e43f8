import { assert, assertEquals, assertRejects } from "@std/assert";
import { type BenchOrder, measure } from "../../lib/bench/mod.ts";
import { chooseBackend, MemoryLimitError } from "../../lib/runtime/mod.ts";

/** A clock whose readings are the squares of how often it was read: no two rounds last as long. */
function readings(): () => number {
  let count = 0;
  return () => count++ ** 2;
}

for (const what of ["meta2", "meta1", "adapt", "predict"] as const) {
  Deno.test(`measure() takes the median of ${what} after two rounds of warming up`, async () => {
    await chooseBackend("wasm");
    const order: BenchOrder = { what, workload: "tiny", decoder: "none", repeats: 1 };
    const times = await measure(order, { now: readings() });
    // Warming up reads the clock twice; round k begins at reading 2k + 2 and lasts (2k + 3)² − (2k + 2)².
    const rounds = Array.from({ length: what === "predict" ? 10 : 1 }, (_, k) => 4 * k + 5);
    const ms = rounds[rounds.length >> 1]!;
    const perSecond = what.startsWith("meta") ? Math.round(2 / ms * 1e6) / 1e3 : null;
    assertEquals(times, { ms, min_ms: 5, tasks_per_s: perSecond });
  });
}

Deno.test("measure() refuses a workload that it does not know", async () => {
  const order: BenchOrder = { what: "adapt", workload: "toString", decoder: "none", repeats: 1 };
  const error = await assertRejects(() => measure(order, { now: readings() }), RangeError);
  assert(error.message.includes("toString"));
});

Deno.test("measure() refuses a task that would not fit into WASM's memory", async () => {
  await chooseBackend("wasm");
  const order: BenchOrder = { what: "meta2", workload: "gpu", decoder: "none", repeats: 1 };
  await assertRejects(() => measure(order, { now: readings() }), MemoryLimitError, "a task of gpu needs about");
});

Deno.test("measure() takes the sizes that an order gives in place of the workload's", async () => {
  await chooseBackend("wasm");
  const order: BenchOrder = { what: "meta2", workload: "w1", decoder: "none", repeats: 1, frames: 16, size: 96 };
  await assertRejects(() => measure(order, { now: readings() }), MemoryLimitError, "a task of w1 needs about");
});
