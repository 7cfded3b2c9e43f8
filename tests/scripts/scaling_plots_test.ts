import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { scalingPlots, type ScalingRow } from "../../scripts/_lib/scaling_plots.ts";

const ROW = { peer: "x", workload: "w1", what: "meta2", decoder: "none", min_ms: 1, tasks_per_s: null, peak_mb: 100 };

const rows: ScalingRow[] = [1, 2].flatMap((cores) => [
  { ...ROW, figure: "tasks", cores, tasks: 1, ms: 1000 },
  { ...ROW, figure: "tasks", cores, tasks: 2, ms: 2000 / cores },
  { ...ROW, figure: "predict", cores, batch: 1, ms: 10 },
  { ...ROW, figure: "predict", cores, batch: 4, ms: 40 },
  { ...ROW, figure: "memory", cores: 1, frames: cores, size: 32, ms: 1 },
  { ...ROW, figure: "memory", cores: 1, frames: cores, size: 64, ms: 1, peak_mb: 400 * cores },
]);

Deno.test("scalingPlots() draws three files that stand alone, with colours for light and dark", () => {
  const files = scalingPlots(rows);
  assertEquals(Object.keys(files), ["scaling-tasks.svg", "scaling-predict.svg", "scaling-memory.svg"]);
  for (const svg of Object.values(files)) {
    assertEquals(svg.match(/xmlns="/g)?.length, 1);
    assertStringIncludes(svg, "prefers-color-scheme: dark");
    assert(!/(href|src)=/.test(svg));
  }
});

Deno.test("scalingPlots() draws a named line for each number of workers, processes and frames", () => {
  const names = (svg: string) =>
    [...svg.matchAll(/>(\d+ (?:process|frame)(?:es|s)?|meta[^<>]*)</g)].map(([, name]) => name);
  const files = scalingPlots(rows);
  assertEquals(names(files["scaling-tasks.svg"]), ["meta2 w1, 1 worker", "meta2 w1, 2 workers"]);
  assertEquals(names(files["scaling-predict.svg"]), ["1 process", "2 processes"]);
  assertEquals(names(files["scaling-memory.svg"]), ["1 frame", "2 frames"]);
});

Deno.test("scalingPlots() adds up what processes do side by side", () => {
  // Two processes at 100 clips a second each reach 200, at the top of the axis.
  const svg = scalingPlots(rows)["scaling-predict.svg"];
  assertStringIncludes(svg, ">200<");
});
