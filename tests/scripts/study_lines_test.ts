import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RowMetric, RowSummary, StudySummary } from "../../lib/eval/mod.ts";
import { studyLines } from "../../scripts/_lib/study_lines.ts";

const interval = (estimate: number) => ({ estimate, mean: estimate, low: estimate - 0.1, high: estimate + 0.1 });

function summary(subjects: number, metric: Partial<RowMetric> = {}): StudySummary {
  const one: RowMetric = { before: interval(0.4), after: interval(0.6), gain: interval(0.2), ...metric };
  const row: RowSummary = {
    name: "maml",
    shots: 1,
    metrics: { accuracy: one, uf1: one, uar: one, macroF1: one },
    subjects: Array.from({ length: subjects }, (_, i) => ({ name: `db/${i}`, clips: 2, before: 0.4, after: 0.6 })),
    secondsPerTraining: 1,
  };
  return { protocol: "loso", summary: "All.", notes: ["Mind this."], classes: ["no", "yes"], rows: [row] };
}

Deno.test("studyLines() shows the one run with its interval over subjects", () => {
  const text = studyLines(summary(5)).join("\n");
  assertStringIncludes(text, "maml   40.0 →  60.0 [50.0, 70.0]");
  assertStringIncludes(text, "Note: Mind this.");
});

Deno.test("studyLines() shows the mean over runs, and the first run beside it", () => {
  const over = (mean: number) => ({ mean, half: 0.02 });
  const runs = { before: over(0.45), after: over(0.7), gain: over(0.25) };
  const text = studyLines(summary(5, { runs })).join("\n");
  assertStringIncludes(text, "maml   45.0 →  70.0 ± 2.0");
  assertStringIncludes(text, "gain over runs +25.0 ± 2.0 points of accuracy; first run 60.0 [50.0, 70.0]");
});

Deno.test("studyLines() has no interval over fewer than five subjects", () => {
  const few = (estimate: number) => ({ estimate, mean: estimate, low: null, high: null });
  const text = studyLines(summary(4, { before: few(0.4), after: few(0.6), gain: few(0.2) })).join("\n");
  assertStringIncludes(text, "too few subjects for an interval");
  assertEquals(text.includes("["), false);
  assert(!text.includes("70.0"), text);
});
