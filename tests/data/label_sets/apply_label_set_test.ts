import { assertEquals, assertThrows } from "@std/assert";
import { applyLabelSet, type ClipEntry, type ClipListing, readLabelSet } from "../../../lib/data/mod.ts";

let line = 1;
const entry = (database: string, label: string, rest: Partial<ClipEntry> = {}): ClipEntry => ({
  ...{ id: `${database}/1/${++line}`, database, subject: "1", label, kind: "micro", path: "/x", onset: 1, apex: 2 },
  ...{ offset: 3, fps: null, file: `/${database}.xlsx`, line },
  ...rest,
});
const listing = (database: string, ...entries: ClipEntry[]): ClipListing => ({ database, entries, findings: [] });
const classes = ({ listing: { entries } }: ReturnType<typeof applyLabelSet>) => entries.map(({ label }) => label);
const [native, five, megc3] = await Promise.all(["native", "5", "megc3"].map(readLabelSet)) as [
  ...[Awaited<ReturnType<typeof readLabelSet>>, Awaited<ReturnType<typeof readLabelSet>>],
  Awaited<ReturnType<typeof readLabelSet>>,
];

Deno.test("applyLabelSet() with native changes nothing and leaves nothing out", () => {
  const all = listing("casme", entry("casme", "tense"), entry("casme", "comtempt"));
  assertEquals(applyLabelSet(all, native), { listing: { ...all, notes: [] }, leftOut: [] });
});

Deno.test("applyLabelSet() with megc3 joins the negative labels and omits everything else", () => {
  const negative = ["negative", "repression", "anger", "contempt", "disgust", "fear", "sadness"];
  const all = [...negative, "happiness", "positive", "surprise", "others", "tense", "pain", "helpless"];
  const result = applyLabelSet(listing("casme", ...all.map((label) => entry("casme", label))), megc3);
  assertEquals(classes(result), [...negative.map(() => "negative"), "positive", "positive", "surprise"]);
  assertEquals(result.leftOut.map(({ label, count }) => [label, count]), [
    ...[["helpless", 1], ["others", 1], ["pain", 1], ["tense", 1]],
  ]);
});

Deno.test("applyLabelSet() with megc3 and 5 takes labels of a manifest in any spelling", () => {
  const all = ["Happy", " SURPRISE", "Other"].map((label) => entry("samm", label));
  assertEquals(classes(applyLabelSet(listing("samm", ...all), megc3)), ["positive", "surprise"]);
  assertEquals(classes(applyLabelSet(listing("samm", ...all), five)), ["happiness", "surprise", "others"]);
});

Deno.test("applyLabelSet() with megc3 omits CASME II's fear, sadness, missing apex and apex at the onset, micro only", () => {
  const cases: [string, Partial<ClipEntry>, boolean][] = [
    ["fear", {}, false],
    ["sadness", {}, false],
    ["disgust", { apex: null }, false],
    ["repression", { apex: 1 }, false],
    ["disgust", { apex: 3 }, true],
    ["happiness", {}, true],
    ["disgust", { apex: null, kind: "macro" }, true],
  ];
  for (const [label, rest, kept] of cases) {
    const all = listing("casme2", entry("casme2", "surprise"), entry("casme2", label, rest));
    assertEquals(classes(applyLabelSet(all, megc3)).length, kept ? 2 : 1, `${label} ${JSON.stringify(rest)}`);
  }
  // The rule is CASME II's alone.
  assertEquals(classes(applyLabelSet(listing("samm", entry("samm", "fear", { apex: null })), megc3)), ["negative"]);
});

Deno.test("applyLabelSet() notes where a database gives another number than the published set", () => {
  const { listing: { notes } } = applyLabelSet({ ...listing("samm", entry("samm", "fear")), notes: ["a"] }, megc3);
  assertEquals(notes, ["a", "samm gives 1 clips for megc3, the published set has 133"]);
});

Deno.test("applyLabelSet() with 5 refuses databases that have no such set", () => {
  assertThrows(
    () => applyLabelSet(listing("smic", entry("smic", "negative")), five),
    RangeError,
    "expected a clip of casme2 or samm, got one of smic: use native, megc3 or a mapping file",
  );
});

Deno.test("applyLabelSet() drops a person who keeps no clip, and counts what it leaves out by label and reason", () => {
  const all = listing(
    "samm",
    entry("samm", "others", { subject: "025" }),
    entry("samm", "others"),
    entry("samm", "anger"),
  );
  const { listing: { entries }, leftOut } = applyLabelSet(all, megc3);
  assertEquals(entries.map(({ subject }) => subject), ["1"]);
  assertEquals(leftOut, [
    { database: "samm", label: "others", reason: "neither negative, positive nor surprise", count: 2 },
  ]);
});

Deno.test("applyLabelSet() refuses one clip twice, left out or not, and a set that leaves nothing", () => {
  for (const label of ["anger", "others"]) {
    const one = listing("samm", entry("samm", label));
    assertThrows(
      () => applyLabelSet([one, listing("samm", { ...one.entries[0]!, file: "/b.xlsx" })], megc3),
      RangeError,
      "in /samm.xlsx and in /b.xlsx",
    );
  }
  assertThrows(() => applyLabelSet(listing("samm", entry("samm", "others")), megc3), RangeError, "got 1 others");
  assertThrows(() => applyLabelSet([], native), RangeError, "got none");
});

Deno.test("applyLabelSet() keeps subjects of one name in two databases apart", () => {
  const both = [listing("casme", entry("casme", "disgust")), listing("casme2", entry("casme2", "disgust"))];
  const { entries } = applyLabelSet(both, megc3).listing;
  assertEquals(new Set(entries.map(({ database, subject }) => `${database}/${subject}`)).size, 2);
});
