import { assertEquals } from "@std/assert";
import { clipTable } from "../../scripts/_lib/clip_table.ts";

Deno.test("clipTable() writes a block a database and leaves out rows that say nothing", () => {
  const lines = clipTable([{
    ...{ database: "samm", clips: 3, macro: 1, subjects: 1, findings: 2, broken: 0, frames: null },
    classes: [{ value: "anger", clips: 2 }, { value: "joy", clips: 1 }],
    rates: [{ value: "200", clips: 3 }],
    apexes: [{ value: "annotated", clips: 2 }, { value: "midpoint", clips: 1 }],
    sizes: [],
  }]);
  assertEquals(lines, [
    "",
    "samm",
    "  clips          3 (1 macro) of 1 subject",
    "  classes        anger 2, joy 1",
    "  frame rate     200",
    "  apex           annotated 2, midpoint 1",
    "  findings       2",
  ]);
});
