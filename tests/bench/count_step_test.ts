import { assert, assertEquals } from "@std/assert";
import { type BenchOrder, countStep } from "../../lib/bench/mod.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

const count = (tasks: number, changes: Partial<BenchOrder> = {}) =>
  countStep({ what: "meta2", workload: "tiny", decoder: "none", repeats: 1, tasks, ...changes });

onEachBackend(
  "a meta-step has as many dispatches for several tasks as for two, and compiles in the first alone",
  async () => {
    const [two, five] = [await count(2), await count(5)];
    assertEquals(five.next.dispatches, two.next.dispatches);
    assertEquals([two.next.pipelines, five.next.pipelines], [0, 0]);
    assert(two.first.pipelines > 20, "the first step compiles");
    // Gradients come back once, those of a task in as many bytes each time.
    assertEquals([two.next.reads, five.next.reads], [1, 1]);
    assertEquals(five.next.readBytes * 2, two.next.readBytes * 5);
    const one = await count(1);
    assert(two.next.dispatches < 1.05 * one.next.dispatches, "two tasks have few dispatches more than one");
    assertEquals(one.next.pipelines, 0);
  },
  ["webgpu"],
);

onEachBackend("a calibration step reads its result alone and compiles nothing after the first", async () => {
  const { next } = await count(1, { what: "adapt" });
  assertEquals([next.pipelines, next.reads], [0, 1]);
  assert(next.dispatches > 100);
}, ["webgpu"]);
