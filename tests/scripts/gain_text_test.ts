import { assertEquals } from "@std/assert";
import { gainText } from "../../scripts/_lib/gain_text.ts";

Deno.test("gainText() has the interval, or why there is none", () => {
  const gain = { estimate: -0.1234, mean: 0, low: -0.2, high: 0.05 };
  assertEquals(gainText(gain, "subjects"), "-12.3 points, 95 % interval -20.0 to 5.0");
  assertEquals(
    gainText({ ...gain, low: null, high: null }, "tasks"),
    "-12.3 points (fewer than 5 tasks: too few tasks for an interval)",
  );
});
