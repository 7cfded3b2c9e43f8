import { assertEquals } from "@std/assert";
import { mostShots } from "../../lib/training/mod.ts";
import { clipSet } from "../data/_util/clip_set.ts";

Deno.test("mostShots() leaves a query clip in two classes, and leaves out who has no micro clips", () => {
  const set = clipSet([
    ["a/1", "x", 5, "micro"],
    ["a/1", "y", 3, "micro"],
    ["a/1", "z", 2, "micro"],
    ["a/2", "x", 9, "micro"],
    ["a/2", "y", 9, "macro"],
    ["a/3", "x", 1, "micro"],
    ["a/3", "y", 1, "micro"],
    ["a/4", "x", 9, "macro"],
  ]);
  assertEquals(mostShots(set, [0, 1, 2, 3]), [2, 0, 0]);
  assertEquals(mostShots(set, [3]), []);
});
