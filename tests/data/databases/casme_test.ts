import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readDatabase } from "../../../lib/data/mod.ts";
import { allCasmeRows, casmeCsv, casmeFiles, casmeFrames, type CasmeRow, casmeRow } from "./_util/casme.ts";
import { type Files, frames, withFiles } from "./_util/files.ts";
import { labels, messages, persons } from "./_util/messages.ts";
import { xls, xlsx } from "./_util/xlsx.ts";

const BOOK = "CASME_A/Section A/Section A.csv";
const read = (files: Files) =>
  withFiles(files, async (root) => {
    const listing = await readDatabase("casme", root);
    return { ...listing, said: messages(listing, root) };
  });
const rows = (...all: CasmeRow[]) => read(casmeFiles(all));

Deno.test("readDatabase() of CASME joins sections A and B, each with its own sheet", async () => {
  const { entries, said } = await rows(casmeRow(1, "EP90_1", 8), casmeRow(8, "EP90_1", 98));
  assertEquals(entries.map(({ id, onset, apex, offset, fps, line }) => [id, onset, apex, offset, fps, line]), [
    ["casme/sub01/EP90_1@8", 8, 10, 12, 60, 2],
    ["casme/sub08/EP90_1@98", 98, 100, 102, 60, 2],
  ]);
  assertEquals(said, []);
});

Deno.test("readDatabase() of CASME separates several movements of one clip by their onset", async () => {
  const { entries, said } = await rows(...[11, 31, 51].map((onset) => casmeRow(6, "EP02_5", onset)));
  assertEquals(entries.map(({ id, onset, offset }) => [id, onset, offset]), [
    ["casme/sub06/EP02_5@11", 11, 15],
    ["casme/sub06/EP02_5@31", 31, 35],
    ["casme/sub06/EP02_5@51", 51, 55],
  ]);
  assertEquals(said, []);
});

Deno.test("readDatabase() of CASME keeps movements apart whose onsets lie nearest to one frame", async () => {
  const files = casmeFiles([casmeRow(6, "EP02_5", 11), casmeRow(6, "EP02_5", 12)]);
  delete files["CASME_A/CASME_raw_selected/sub06/EP02_5/EP02_5-11.jpg"];
  const { entries, said } = await read(files);
  assertEquals(entries.map(({ id, onset }) => [id, onset]), [
    ["casme/sub06/EP02_5@11", 12],
    ["casme/sub06/EP02_5@12", 12],
  ]);
  assertEquals(said, [`${BOOK}:2 sub06/EP02_5: the onset 11 has no frame: the nearest, 12, was taken`]);
});

Deno.test("readDatabase() of CASME leaves out a movement without a window, because its folder holds others", async () => {
  const { entries, said } = await rows(casmeRow(6, "EP02_5", 11), { ...casmeRow(6, "EP02_5", 40), offset: 31 });
  assertEquals(entries.length, 1);
  assertEquals(said, [
    `${BOOK}:3 sub06/EP02_5: onset "40" and offset "31" are no window, and the folder may hold further movements: ` +
    "left out",
  ]);
});

Deno.test("readDatabase() of CASME reports rows without folders and folders without rows", async () => {
  const files = casmeFiles([casmeRow(6, "EP02_5", 11), casmeRow(6, "EP02_6", 11)]);
  for (const path of Object.keys(files)) if (path.includes("/EP02_6/")) delete files[path];
  Object.assign(files, frames("CASME_A/CASME_raw_selected/sub06/EP09_1", [1, 3], (n) => `EP09_1-${n}.jpg`));
  const { entries, said } = await read(files);
  assertEquals(entries.map(({ id }) => id), ["casme/sub06/EP02_5@11"]);
  assertEquals(said, [
    "CASME_A/CASME_raw_selected/sub06/EP09_1: EP09_1: 3 frames without a row: left out",
    `${BOOK}:3 sub06/EP02_6: the clip has no folder of frames: left out`,
  ]);
});

Deno.test("readDatabase() of CASME takes names of one to three tokens", async () => {
  const { entries } = await rows(...["EP01_12", "EP11", "EP12_2_10"].map((name) => casmeRow(1, name, 11)));
  assertEquals(entries.map(({ id }) => id.split("/")[2]), ["EP01_12@11", "EP11@11", "EP12_2_10@11"]);
});

Deno.test("readDatabase() of CASME takes cropped frames, the older names, and unpadded subjects", async () => {
  const row = casmeRow(1, "EP01_12", 8);
  for (
    const pictures of [
      casmeFrames([row], "Cropped", "reg_"),
      frames("CASME/sub1/EP01_12", [8, 12], (n) => `img${n}.jpg`),
      frames("CASME/sub1/EP01_12", [8, 12], (n) => `EP01_12-${n}.jpg`),
    ]
  ) {
    const { entries, said } = await read({ ...pictures, "casme.csv": casmeCsv([row]) });
    assertEquals([entries[0]!.id, entries[0]!.onset, said], ["casme/sub01/EP01_12@8", 8, []]);
  }
});

Deno.test("readDatabase() of CASME takes the second apex where the first is none", async () => {
  const { entries, said } = await rows(casmeRow(1, "EP01_1", 11, { apex: "/", apex2: "14" }));
  assertEquals(entries[0]!.apex, 14);
  assertEquals(said, [
    `${BOOK}:2 sub01/EP01_1: the apex is "/": taken as not known`,
    `${BOOK}:2 sub01/EP01_1: the second apex 14 was taken`,
  ]);
});

Deno.test("readDatabase() of CASME keeps action units as they stand", async () => {
  const units = ["4+L10", "12", "R12, 4?", ""];
  const { entries, said } = await rows(...units.map((text, i) => casmeRow(1, `EP01_${i}`, 11, { units: text })));
  assertEquals([entries.map(({ actionUnits }) => actionUnits), said], [["4+L10", "12", "R12, 4?", null], []]);
});

Deno.test("readDatabase() of CASME reads the misspelling comtempt", async () => {
  const { entries } = await rows(casmeRow(1, "EP01_1", 11, { label: "Comtempt" }));
  assertEquals(entries[0]!.label, "contempt");
});

Deno.test("readDatabase() of CASME refuses an .xls with the command that exports it", async () => {
  const files = casmeFiles([casmeRow(1, "EP01_1", 11)]);
  delete files[BOOK];
  files["CASME_A/Section A/Section A.xls"] = xls();
  await withFiles(files, async (root) => {
    const error = await assertRejects(() => readDatabase("casme", root), SyntaxError);
    const folder = `${root}/CASME_A/Section A`;
    assertEquals(
      error.message.split("\n")[1],
      `  libreoffice --headless --convert-to csv --outdir "${folder}" "${folder}/Section A.xls"`,
    );
  });
});

Deno.test("readDatabase() of CASME takes exports beside their .xls, and does not forget a section without one", async () => {
  const files = casmeFiles([casmeRow(1, "EP01_1", 11), casmeRow(8, "EP01_1", 11)]);
  files["CASME_A/Section A/Section A.xls"] = xls();
  files["CASME_B/Section B/Section B.xls"] = xls();
  assertEquals((await read(files)).entries.length, 2);
  delete files["CASME_B/Section B/Section B.csv"];
  await withFiles(files, async (root) => {
    const error = await assertRejects(() => readDatabase("casme", root), SyntaxError);
    assertMatch(error.message, /Section B\.xls: expected \.xlsx or CSV, got an old binary \.xls/);
  });
});

Deno.test("readDatabase() of CASME takes .xlsx copies of the sheets", async () => {
  const row = casmeRow(1, "EP01_1", 11);
  const header = [
    "Subject",
    "Filename",
    null,
    "OnsetF",
    "ApexF1",
    "ApexF2",
    "OffsetF",
    null,
    "Onset",
    "Total",
    "AU",
    "Emotion",
  ];
  const sheet = { name: "Sheet1", rows: [header, [1, "EP01_1", null, 11, 13, null, 15, null, 33, 66, 4, "tense"]] };
  const { entries, said } = await read({ ...casmeFrames([row], "Cropped", "reg_"), "Section A.xlsx": xlsx([sheet]) });
  const { onset, apex, offset, actionUnits } = entries[0]!;
  assertEquals([onset, apex, offset, actionUnits, said], [11, 13, 15, "4", []]);
});

Deno.test("readDatabase() of CASME does not join two sheets, or two folders, with the same subjects", async () => {
  const row = casmeRow(1, "EP01_1", 11);
  await withFiles({ ...casmeFiles([row]), "casme.csv": casmeCsv([row]) }, async (root) => {
    const error = await assertRejects(() => readDatabase("casme", root), RangeError);
    assertMatch(error.message, /got .*casme\.csv.*Section A\.csv|got .*Section A\.csv.*casme\.csv/);
  });
  await withFiles({ ...casmeFiles([row]), ...casmeFrames([row], "Cropped", "reg_") }, async (root) => {
    const error = await assertRejects(() => readDatabase("casme", root), RangeError);
    assertMatch(error.message, /got 2: .*CASME_raw_selected, .*Cropped: give one of them/);
  });
});

Deno.test("readDatabase() of CASME refuses the workbook of CASME II", async () => {
  const row = casmeRow(1, "EP01_1", 11);
  const header = ["Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Estimated Emotion"];
  const book = xlsx([{ name: "Sheet1", rows: [header, ["01", "EP02_01f", 11, 13, 15, "others"]] }]);
  await withFiles({ ...casmeFrames([row], "Cropped"), "CASME.xlsx": book }, async (root) => {
    const error = await assertRejects(() => readDatabase("casme", root), RangeError);
    assertMatch(
      error.message,
      /expected columns Subject, Filename, OnsetF, ApexF1.*begins Subject, Filename, OnsetFrame/,
    );
  });
});

Deno.test("readDatabase() of the whole CASME lists 189 movements of 18 subjects, fourteen clips with several", async () => {
  const { entries, said } = await read(casmeFiles(allCasmeRows()));
  assertEquals([entries.length, persons({ entries }).length, said], [189, 18, []]);
  assertEquals(labels({ entries }), {
    ...{ tense: 68, disgust: 45, repression: 39, surprise: 20, happiness: 7, sadness: 6, contempt: 2, fear: 2 },
  });
  const clips = Map.groupBy(entries, ({ path }) => path);
  assertEquals([...clips.values()].filter((all) => all.length > 1).length, 14);
});
