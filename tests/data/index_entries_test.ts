import { assertEquals, assertThrows } from "@std/assert";
import { type ClipEntry, indexEntries } from "../../lib/data/mod.ts";

function entry(id: string, database: string, subject: string, label: string, line: number | null = 2): ClipEntry {
  const place = { path: `/x/${id}`, onset: null, apex: null, offset: null, fps: null, file: "x.csv", line };
  return { id, database, subject, label, kind: "micro", ...place };
}

Deno.test("indexEntries() keeps the entries' order and sorts names by code units", () => {
  const entries = [entry("c", "smic", "1", "sad"), entry("a", "casme", "2", "glad"), entry("b", "casme", "10", "Sad")];
  assertEquals(indexEntries(entries, "test"), {
    ids: ["c", "a", "b"],
    labels: Int32Array.of(2, 1, 0),
    subjects: Int32Array.of(2, 1, 0),
    kinds: ["micro", "micro", "micro"],
    classes: ["Sad", "glad", "sad"],
    subjectNames: ["casme/10", "casme/2", "smic/1"],
  });
});

Deno.test("indexEntries() refuses no clip, and one that comes twice, naming both places", () => {
  assertThrows(() => indexEntries([], "pack x"), RangeError, "Cannot pack x: expected at least one clip, got none");
  assertThrows(
    () => indexEntries([entry("a", "d", "1", "x"), entry("a", "d", "2", "x", null)], "pack x"),
    RangeError,
    "Cannot pack x: expected every clip once, got x.csv (a) after x.csv, line 2 (a)",
  );
});
