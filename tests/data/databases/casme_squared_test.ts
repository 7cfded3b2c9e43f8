import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readDatabase, type ReadDatabaseOptions } from "../../../lib/data/mod.ts";
import {
  allCasmeSquaredRows,
  casmeSquaredFiles,
  casmeSquaredFrames,
  casmeSquaredRow,
  type CasmeSquaredSpec,
  casmeSquaredWorkbook,
} from "./_util/casme_squared.ts";
import { type Files, frames, PICTURES, withFiles } from "./_util/files.ts";
import { labels, messages, persons } from "./_util/messages.ts";

const BOOK = "CAS(ME)^2code_final.xlsx";
const read = (files: Files, options: ReadDatabaseOptions = {}) =>
  withFiles(files, async (root) => {
    const listing = await readDatabase("casme-squared", root, options);
    return { ...listing, said: messages(listing, root), root };
  });
const rows = (...all: CasmeSquaredSpec[]) => read(casmeSquaredFiles(all));

Deno.test("readDatabase() of CAS(ME)² finds whole videos by the naming sheets, a code without its zero included", async () => {
  const { entries, said, root } = await rows(
    casmeSquaredRow(1, "disgust1_1", 557),
    casmeSquaredRow(22, "anger1_2", 998, { kind: "macro-expression" }),
  );
  assertEquals(
    entries.map(({ id, path, kind, onset, apex, offset, fps, line }) => ({
      ...{ id, path: path.slice(root.length + 1), kind, window: [onset, apex, offset], fps, line },
    })),
    [
      {
        ...{ id: "casme-squared/s15/disgust1_1", path: "rawpic/s15/15_0101disgustingteeth", kind: "micro" },
        ...{ window: [557, 559, 561], fps: 30, line: 1 },
      },
      {
        ...{ id: "casme-squared/s40/anger1_2", path: "rawpic/s40/40_0401girlcrashing", kind: "macro" },
        ...{ window: [998, 1000, 1002], fps: 30, line: 2 },
      },
    ],
  );
  assertEquals(said, []);
});

Deno.test("readDatabase() of CAS(ME)² takes a doubly nested folder and says so", async () => {
  const files = Object.fromEntries(
    Object.entries(casmeSquaredFiles([casmeSquaredRow(1, "disgust1_1", 557)]))
      .map(([path, bytes]) => [path.replace("rawpic/", "rawpic/rawpic/"), bytes]),
  );
  const { entries, said } = await read(files);
  assertEquals(entries.map(({ id }) => id), ["casme-squared/s15/disgust1_1"]);
  assertEquals(said, ["rawpic/rawpic: the folder is nested in one of the same name: the inner one was taken"]);
});

Deno.test("readDatabase() of CAS(ME)² reads one folder an expression, and the same subjects", async () => {
  const { entries, said, root } = await read(casmeSquaredFiles([casmeSquaredRow(10, "happy1_3", 7)], "cropped"));
  assertEquals(entries.map(({ id, path }) => [id, path.slice(root.length + 1)]), [
    ["casme-squared/s26/happy1_3", "cropped/10/happy1_3"],
  ]);
  assertEquals(said, []);
});

Deno.test("readDatabase() of CAS(ME)² takes the valence, or what the subject reports, as the label", async () => {
  const files = casmeSquaredFiles([casmeSquaredRow(1, "anger1_1", 5, { valence: "Others", selfReport: "helpness" })]);
  assertEquals((await read(files)).entries[0]!.label, "others");
  assertEquals((await read(files, { labelColumn: "self-report" })).entries[0]!.label, "helpless");
});

Deno.test("readDatabase() of CAS(ME)² keeps action units as they stand, a full-width comma included", async () => {
  const units = ["4+10+14+15", "4，7", 38, "R12 ", null];
  const { entries, said } = await rows(
    ...units.map((cell, i) => casmeSquaredRow(1, `anger1_${i}`, 5 + 20 * i, { units: cell })),
  );
  assertEquals([entries.map(({ actionUnits }) => actionUnits), said], [["4+10+14+15", "4，7", "38", "R12", null], []]);
});

Deno.test("readDatabase() of CAS(ME)² takes an offset of 0 as not observed and ends at the apex", async () => {
  const { entries, said } = await rows(casmeSquaredRow(1, "anger1_1", 5, { offset: 0 }));
  assertEquals([entries[0]!.onset, entries[0]!.apex, entries[0]!.offset], [5, 7, 7]);
  assertEquals(said, [`${BOOK}:1 s15/anger1_1: the offset is 0, not observed: the apex 7 was taken`]);
});

Deno.test("readDatabase() of CAS(ME)² takes an apex of 0 as not known", async () => {
  const { entries, said } = await rows(casmeSquaredRow(1, "anger1_1", 5, { apex: 0 }));
  assertEquals([entries[0]!.onset, entries[0]!.apex, entries[0]!.offset], [5, null, 9]);
  assertEquals(said, [`${BOOK}:1 s15/anger1_1: the apex is 0: taken as not known`]);
});

Deno.test("readDatabase() of CAS(ME)² leaves out a row of a whole video without apex and offset, but not a cut one", async () => {
  const all = [casmeSquaredRow(1, "anger1_1", 5, { apex: 0, offset: 0 }), casmeSquaredRow(1, "anger1_2", 25)];
  const { entries, said } = await rows(...all);
  assertEquals(entries.length, 1);
  assertEquals(said, [`${BOOK}:1 s15/anger1_1: onset "5" and offset "0" are no window: left out`]);
  const cut = await read(casmeSquaredFiles(all, "cropped"));
  assertEquals(cut.entries.map(({ onset, apex, offset }) => [onset, apex, offset]), [[5, null, 9], [25, 27, 29]]);
});

Deno.test("readDatabase() of CAS(ME)² gives a stray video of another subject to that subject", async () => {
  const files = casmeSquaredFiles([casmeSquaredRow(7, "happy1_1", 5), casmeSquaredRow(3, "anger1_1", 5)]);
  for (const path of Object.keys(files).filter((path) => path.startsWith("rawpic/s23/"))) {
    files[path.replace("/s23/", "/s19/")] = files[path]!;
    delete files[path];
  }
  const { entries, said } = await read(files);
  assertEquals(entries.map(({ id }) => id), ["casme-squared/s19/anger1_1", "casme-squared/s23/happy1_1"]);
  assertEquals(said, ["rawpic/s19/23_0502funnyerrors: a video in another subject's folder: taken for s23"]);
});

Deno.test("readDatabase() of CAS(ME)² prefers a subject's own video to a stray one of the same name", async () => {
  const files = casmeSquaredFiles([casmeSquaredRow(7, "happy1_1", 5), casmeSquaredRow(3, "anger1_1", 5)]);
  Object.assign(files, frames("rawpic/s19/23_0502funnyerrors", [5, 9], (n) => `img00${n}.jpg`));
  const { entries, said, root } = await read(files);
  assertEquals(entries[1]!.path, `${root}/rawpic/s23/23_0502funnyerrors`);
  assertEquals(said, [
    `rawpic/s19/23_0502funnyerrors: the same video as ${root}/rawpic/s23/23_0502funnyerrors: passed over`,
  ]);
});

Deno.test("readDatabase() of CAS(ME)² reports rows without frames, videos without rows and folders that are none", async () => {
  const files = casmeSquaredFiles([
    casmeSquaredRow(1, "anger1_1", 5),
    casmeSquaredRow(2, "anger1_1", 5, { disk: null }),
  ]);
  Object.assign(files, frames("rawpic/s15/15_0508funnydunkey", [1, 3], (n) => `img00${n}.jpg`));
  files["rawpic/s15/new folder/a.jpg"] = PICTURES.jpg;
  const { entries, said } = await read(files);
  assertEquals(entries.length, 1);
  assertEquals(said, [
    `${BOOK}:2 s16/anger1_1: the clip has no folder of frames: left out`,
    "rawpic/s15/15_0508funnydunkey: 3 frames without a row: left out",
    "rawpic/s15/new folder: a folder that is no video: passed over",
  ]);
});

Deno.test("readDatabase() of CAS(ME)² reports unknown codes, stimuli and kinds", async () => {
  const { entries, said } = await rows(
    casmeSquaredRow(1, "anger1_1", 5),
    casmeSquaredRow(1, "anger1_2", 25, { kind: "expression" }),
    casmeSquaredRow(1, "happy9_1", 5, { disk: null }),
  );
  assertEquals(entries.length, 1);
  assertEquals(said, [
    `${BOOK}:2 s15/anger1_2: expected micro-expression or macro-expression, got "expression": left out`,
    `${BOOK}:3 the sheet of stimuli lacks that of happy9_1: left out`,
  ]);
});

Deno.test("readDatabase() of CAS(ME)² asks which of its folders of pictures to read, and passes over videos", async () => {
  const all = [casmeSquaredRow(1, "anger1_1", 5)];
  const videos = { "rawvideo/s15/15_0401girlcrashing.avi": PICTURES.jpg };
  assertEquals((await read({ ...casmeSquaredFiles(all), ...videos })).entries.length, 1);
  await withFiles({ ...casmeSquaredFiles(all), ...casmeSquaredFrames(all, "cropped") }, async (root) => {
    const error = await assertRejects(() => readDatabase("casme-squared", root), RangeError);
    assertMatch(error.message, /got 2: .*cropped, .*rawpic: give one of them as the root/);
    assertEquals((await readDatabase("casme-squared", `${root}/rawpic`)).entries.length, 1);
  });
});

for (const name of ["CAS(ME)^2code_final(Updated).xlsx", "CAS(ME)2code_final.xlsx", "code_final.xlsx", "codes.xlsx"]) {
  Deno.test(`readDatabase() of CAS(ME)² finds the workbook ${name}`, async () => {
    const all = [casmeSquaredRow(1, "anger1_1", 5)];
    const { entries } = await read({ ...casmeSquaredFrames(all, "rawpic"), [name]: casmeSquaredWorkbook(all) });
    assertEquals(entries.length, 1);
  });
}

Deno.test("readDatabase() of the whole CAS(ME)² lists 57 micro and 300 macro clips of 22 subjects", async () => {
  const { entries, said } = await read(casmeSquaredFiles(allCasmeSquaredRows()));
  const of = (kind: string) => entries.filter((entry) => entry.kind === kind);
  assertEquals([of("micro").length, of("macro").length, persons({ entries }).length, said], [57, 300, 22, []]);
  assertEquals(Object.keys(labels({ entries })).sort(), ["negative", "others", "positive", "surprise"]);
});
