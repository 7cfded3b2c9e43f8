import { assertEquals } from "@std/assert";
import type { ClipEntry } from "../../lib/data/mod.ts";
import { type ClipFacts, clipFindings, pickSheetClips, summarizeClips } from "../../lib/packing/mod.ts";

const CLIP: ClipEntry = {
  ...{ id: "c", database: "a", subject: "1", label: "x", kind: "micro", path: "/c" },
  ...{ onset: 1, apex: 2, offset: 3, fps: 200, file: "/a.csv", line: 2 },
};
const FACTS: ClipFacts = {
  ...{
    frames: 4,
    width: 640,
    height: 480,
    channels: 1,
    onset: 1,
    apex: 2,
    offset: 3,
    apexSource: "annotated",
    gaps: 0,
    sizes: 1,
  },
};

Deno.test("summarizeClips() counts by database; what was not read counts as broken, not as frames", () => {
  const entries: ClipEntry[] = [
    CLIP,
    { ...CLIP, subject: "2", label: "b", fps: null, apex: null },
    { ...CLIP, label: "b", kind: "macro" },
    { ...CLIP, database: "z" },
  ];
  const facts = [FACTS, { ...FACTS, frames: 7, channels: 3 as const, apexSource: "midpoint" as const }, {
    ...FACTS,
    frames: 10,
  }, null];
  const finding = { file: "/z.csv", line: null, message: "odd" };
  const [a, z] = summarizeClips(entries, facts, new Map([["z", [finding]]]));
  assertEquals(a, {
    ...{ database: "a", clips: 3, macro: 1, subjects: 2, findings: 0, broken: 0 },
    classes: [{ value: "b", clips: 2 }, { value: "x", clips: 1 }],
    frames: { min: 4, median: 7, max: 10 },
    rates: [{ value: "200", clips: 2 }, { value: "unknown", clips: 1 }],
    apexes: [{ value: "annotated", clips: 2 }, { value: "midpoint", clips: 1 }],
    sizes: [{ value: "640 x 480 grey", clips: 2 }, { value: "640 x 480 colour", clips: 1 }],
  });
  assertEquals([z!.clips, z!.frames, z!.findings, z!.broken], [1, null, 1, 1]);
});

Deno.test("summarizeClips() gives the mean of the two middle clips as median", () => {
  const facts = [3, 9, 4, 8].map((frames) => ({ ...FACTS, frames }));
  const [one] = summarizeClips(facts.map(() => CLIP), facts, new Map());
  assertEquals(one!.frames, { min: 3, median: 6, max: 9 });
});

Deno.test("pickSheetClips() takes every subject once before any twice, of each class, kind and database", () => {
  const clips = ["1", "1", "1", "2", "3", "3"].map((subject) => ({ ...CLIP, subject }));
  assertEquals(pickSheetClips(clips, 3), [0, 3, 4]);
  assertEquals(pickSheetClips(clips, 4), [0, 1, 3, 4]);
  assertEquals(pickSheetClips(clips, 99).length, 6);
  assertEquals(pickSheetClips(clips, 0), []);
  assertEquals(pickSheetClips([...clips, { ...CLIP, kind: "macro" }, { ...CLIP, label: "y" }], 1), [0, 6, 7]);
});

Deno.test("summarizeClips() and clipFindings() tell of clips whose frames have several sizes", () => {
  const entries = [CLIP, { ...CLIP, id: "d", line: 3 }, { ...CLIP, id: "e", database: "z", line: null }];
  const facts = [FACTS, { ...FACTS, sizes: 2 }, { ...FACTS, sizes: 5 }];
  const noticed = { file: "/z.csv", line: 1, message: "odd" };
  const findings = clipFindings(entries, [...facts, null], new Map([["z", [noticed]]]));
  assertEquals(
    findings,
    new Map([
      ["z", [noticed, {
        file: "/a.csv",
        line: null,
        message: "e: the frames have 5 sizes: each was resized by itself",
      }]],
      ["a", [{ file: "/a.csv", line: 3, message: "d: the frames have 2 sizes: each was resized by itself" }]],
    ]),
  );
  assertEquals(summarizeClips(entries, facts, findings).map(({ sizes, findings }) => [sizes, findings]), [
    [[{ value: "640 x 480 grey", clips: 1 }, { value: "640 x 480 grey and others", clips: 1 }], 1],
    [[{ value: "640 x 480 grey and others", clips: 1 }], 2],
  ]);
});
