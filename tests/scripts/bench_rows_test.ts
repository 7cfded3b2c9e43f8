import { assertEquals } from "@std/assert";
import { type BenchRow, benchTable, countTable, pairRatios } from "../../scripts/_lib/bench_rows.ts";

function row(peer: string, what: string, ms: number): BenchRow {
  return { peer, workload: "w1", what, decoder: "none", ms, min_ms: ms, tasks_per_s: null, peak_mb: 9 };
}

Deno.test("pairRatios() takes the median of neighbours' ratios, a kind of work", () => {
  const rows = [
    ...[row("lightmannet wasm x1", "meta2", 10), row("torch", "meta2", 10)],
    ...[row("lightmannet wasm x1", "meta2", 90), row("torch", "meta2", 30)],
    ...[row("lightmannet wasm x1", "meta2", 10), row("torch", "meta2", 20)],
    ...[row("lightmannet wasm x1", "adapt", 1), row("torch", "adapt", 4)],
    row("lightmannet wasm x1", "predict", 1),
  ];
  assertEquals(pairRatios(rows).map(({ what, ratio, pairs }) => [what, ratio, pairs]), [
    ["meta2", 1, 3],
    ["adapt", 0.25, 1],
  ]);
});

Deno.test("benchTable() keeps its columns below their names", () => {
  const [head, line] = benchTable([row("torch", "meta2", 12.5)]).split("\n");
  assertEquals(line!.indexOf("meta2"), head!.indexOf("what"));
  assertEquals(line!.indexOf("12.5") + 4, head!.indexOf(" ms") + 3);
});

Deno.test("countTable() keeps its columns below their names", () => {
  const row = {
    ...{ workload: "tiny", what: "meta2", decoder: "none", tasks: 17, compiled: 66, pipelines: 0, dispatches: 2394 },
    ...{ submits: 160, uploadedBytes: 26412, uniformBytes: 111980, reads: 1, readBytes: 353984 },
  };
  const [head, line] = countTable([row]).split("\n") as [string, string];
  for (
    const [name, cell] of [["tasks", "17"], ["dispatches", "2394"], ["compiled", "66+0"], ["read kB", "354"], [
      "up kB",
      "26.4",
    ]]
  ) {
    assertEquals(line.lastIndexOf(cell!) + cell!.length, head.indexOf(name!) + name!.length, name);
  }
  assertEquals(countTable([row], false), line);
});
