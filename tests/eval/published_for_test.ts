import { assertEquals } from "@std/assert";
import { PUBLISHED, publishedFor, type StudySummary } from "../../lib/eval/mod.ts";

function published(protocol: string, databases: readonly string[] = [], changes: Partial<StudySummary> = {}) {
  const subjects = databases.map((name) => ({ name: `${name}/1`, clips: 1, before: 0, after: 1 }));
  const rows = [{ name: "maml", shots: 0, subjects }];
  return publishedFor({ protocol, summary: "", notes: [], classes: ["a", "b"], rows, ...changes });
}

Deno.test("publishedFor() has the composite where one of its databases was held out, under any of its names", () => {
  const composite = { rows: PUBLISHED.composite, caveats: PUBLISHED.caveats, recounted: PUBLISHED.recounted };
  for (const name of ["smic", "SMIC-HS", "casme_ii", "CASME2", "SAMM"]) {
    assertEquals(published("loso", ["own", name]), { composite });
  }
  assertEquals(published("cde", ["casme2"]), { composite });
  for (const name of ["casme", "casme-squared", "sammy", "own"]) assertEquals(published("loso", [name]), {});
});

Deno.test("publishedFor() has the paper's tables and claims by protocol, and nothing for tasks of another benchmark", () => {
  const paper = (...tables: number[]) => ({
    tables: tables.map((i) => PUBLISHED.tables[i]!),
    notes: PUBLISHED.paperNotes,
  });
  assertEquals(published("fewshot").paper, paper(1, 0));
  assertEquals(published("ablation"), { claim: PUBLISHED.claims.ablation, paper: paper(2) });
  assertEquals(published("lambda"), { claim: PUBLISHED.claims.lambda });
  assertEquals(published("fewshot", ["smic"], { resampled: "tasks" }), {});
});
