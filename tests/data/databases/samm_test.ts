import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readDatabase } from "../../../lib/data/mod.ts";
import { frames, pad, PICTURES, withFiles } from "./_util/files.ts";
import { messages } from "./_util/messages.ts";
import { sammFiles, type SammRow, sammRow, sammWorkbook } from "./_util/samm.ts";
import { xlsx } from "./_util/xlsx.ts";

const BOOK = "SAMM/SAMM_Micro_FACS_Codes_v2.xlsx";
const read = (rows: readonly SammRow[], options: Parameters<typeof sammFiles>[1] = {}) =>
  withFiles(sammFiles(rows, options), async (root) => {
    const listing = await readDatabase("samm", root);
    return { ...listing, said: messages(listing, root), root };
  });

Deno.test("readDatabase() of SAMM finds the workbook inside the root and its header on row 14", async () => {
  const { entries, said, root } = await read([sammRow("006_9_1", "Anger"), sammRow("036_9_2", "Other")]);
  assertEquals(said, []);
  assertEquals(entries.map(({ id, label, line }) => [id, label, line]), [
    ["samm/006/006_9_1", "anger", 15],
    ["samm/036/036_9_2", "others", 16],
  ]);
  assertEquals(entries[0], {
    id: "samm/006/006_9_1",
    database: "samm",
    subject: "006",
    label: "anger",
    kind: "micro",
    path: join(root, "SAMM/006/006_9_1"),
    onset: 700,
    apex: 702,
    offset: 704,
    actionUnits: "4",
    fps: 200,
    file: join(root, BOOK),
    line: 15,
  });
});

Deno.test("readDatabase() of SAMM takes a workbook whose preamble was deleted", async () => {
  const { entries } = await read([sammRow("006_9_1", "Anger")], { preamble: 0 });
  assertEquals(entries.map(({ line }) => line), [2]);
});

Deno.test("readDatabase() of SAMM needs no stored value of the duration's formula", async () => {
  const { entries, said } = await read([sammRow("006_9_1", "Anger")], { stored: false });
  assertEquals([entries[0]!.onset, entries[0]!.offset, said], [700, 704, []]);
});

Deno.test("readDatabase() of SAMM takes frame names of four and of five digits in one subject", async () => {
  const { entries, said } = await read([
    sammRow("006_9_1", "Anger", { digits: 5, onset: 9998, apex: 10_000, offset: 10_002 }),
    sammRow("006_9_2", "Anger", { digits: 4, onset: 98, apex: 100, offset: 102 }),
  ]);
  assertEquals(entries.map(({ onset, offset }) => [onset, offset]), [[9998, 10_002], [98, 102]]);
  assertEquals(said, []);
});

Deno.test("readDatabase() of SAMM takes irregular frame names by their last digits", async () => {
  const files = sammFiles([sammRow("013_9_1", "Anger", { disk: null })]);
  Object.assign(files, frames("SAMM/013/013_9_1", [700, 704], (n) => `013_9_1 (${pad(n, 3)}).jpg`));
  await withFiles(files, async (root) => {
    const { entries, findings } = await readDatabase("samm", root);
    assertEquals([entries[0]!.onset, entries[0]!.offset, findings.length], [700, 704, 0]);
  });
});

Deno.test("readDatabase() of SAMM takes an apex after the offset or before the onset as not known, naming row and clip", async () => {
  const { entries, said } = await read([
    sammRow("028_4_1", "Anger", { apex: 709 }),
    sammRow("032_3_1", "Anger", { apex: 7 }),
  ]);
  assertEquals(entries.map(({ apex }) => apex), [null, null]);
  assertEquals(said, [
    `${BOOK}:15 028/028_4_1: the apex 709 is after the offset 704: taken as not known`,
    `${BOOK}:16 032/032_3_1: the apex 7 is before the onset 700: taken as not known`,
  ]);
});

Deno.test("readDatabase() of SAMM keeps an apex one frame after the onset", async () => {
  const { entries, said } = await read([sammRow("032_3_2", "Anger", { apex: 701 })]);
  assertEquals([entries[0]!.apex, said], [701, []]);
});

Deno.test("readDatabase() of SAMM follows the row where the folder holds more, and says so", async () => {
  const rows = [sammRow("006_9_1", "Anger"), sammRow("006_9_2", "Anger")];
  const { entries, said } = await read([...rows, sammRow("013_1_9", "Anger", { disk: [700, 710] })]);
  assertEquals(entries[2]!.offset, 704);
  assertEquals(said, [
    `${BOOK}:17 013/013_1_9: the folder holds frames 700 to 710, the row says 700 to 704: the row was followed`,
  ]);
});

Deno.test("readDatabase() of SAMM reports rows without folders and folders without rows", async () => {
  const rows = [sammRow("006_9_1", "Anger"), sammRow("006_9_2", "Anger", { disk: null })];
  const files = sammFiles(rows);
  Object.assign(files, frames("SAMM/006/006_9_7", [1, 3], (n) => `006_${pad(n, 4)}.jpg`));
  await withFiles(files, async (root) => {
    const listing = await readDatabase("samm", root);
    assertEquals(listing.entries.map(({ id }) => id), ["samm/006/006_9_1"]);
    assertEquals(messages(listing, root), [
      "SAMM/006/006_9_7: 006_9_7: 3 frames without a row: left out",
      `${BOOK}:16 006/006_9_2: the clip has no folder of frames: left out`,
    ]);
  });
});

Deno.test("readDatabase() of SAMM passes over what programs leave among its images", async () => {
  const files = sammFiles([sammRow("006_9_1", "Anger")]);
  for (
    const name of [".DS_Store", "Thumbs.db", "desktop.ini", "._006.jpg", "~$SAMM_Micro_FACS_Codes_v2.xlsx", "flow.npy"]
  ) {
    for (const folder of ["SAMM", "SAMM/006", "SAMM/006/006_9_1"]) files[`${folder}/${name}`] = PICTURES.jpg;
  }
  files["SAMM/006/codes.xlsx"] = xlsx([{ name: "notes", rows: [["Subject", "Remark"]] }]);
  await withFiles(files, async (root) => {
    const listing = await readDatabase("samm", root);
    assertEquals([listing.entries.length, messages(listing, root)], [1, []]);
  });
});

Deno.test("readDatabase() of SAMM takes the subject as text, number or float", async () => {
  const { entries } = await read([
    sammRow("006_9_1", "Anger"),
    sammRow("006_9_2", "Anger", { subject: 6 }),
    sammRow("006_9_3", "Anger", { subject: { formula: "3*2", value: 6.0 } }),
    sammRow("006_9_4", "Anger", { subject: "6.0" }),
  ]);
  assertEquals(entries.map(({ subject }) => subject), ["006", "006", "006", "006"]);
});

Deno.test("readDatabase() of SAMM passes over stray files and folders, and says so", async () => {
  const files = sammFiles([sammRow("006_9_1", "Anger")]);
  files["SAMM/cover.jpg"] = PICTURES.jpg;
  files["SAMM/my notes/a.jpg"] = PICTURES.jpg;
  files["SAMM/Release agreement.pdf"] = PICTURES.jpg;
  await withFiles(files, async (root) => {
    const listing = await readDatabase("samm", root);
    assertEquals(listing.entries.length, 1);
    assertEquals(messages(listing, root), [
      "SAMM/cover.jpg: a file among the subjects' folders: passed over",
      "SAMM/my notes: a folder that is no subject: passed over",
    ]);
  });
});

Deno.test("readDatabase() of SAMM keeps every form of action units as it stands, trimmed", async () => {
  const units = [
    ...["4+7", "R12C", "A9+12", "ref(7B)+43", "(R6 or R12)+R15", "10A/B", "L12 or L14", "R14+17+soft focus"],
    ...["B12", "4D+7E", "T12E+B9", "T18+39", "?", "12+15 \u00a0", 12, null],
  ];
  const { entries, said } = await read(units.map((cell, i) => sammRow(`006_9_${pad(i, 2)}`, "Anger", { units: cell })));
  const kept = entries.map(({ actionUnits }) => actionUnits);
  assertEquals([kept, said], [[...units.slice(0, -3), "12+15", "12", null], []]);
});

Deno.test("readDatabase() of SAMM finds its workbook by content beside another file of a usual name", async () => {
  const files = sammFiles([sammRow("006_9_1", "Anger")]);
  files["SAMM/codes.xlsx"] = files[BOOK]!;
  files[BOOK] = xlsx([{ name: "notes", rows: [["Subject", "Remark"]] }]);
  await withFiles(files, async (root) => {
    assertEquals((await readDatabase("samm", root)).entries[0]!.file, join(root, "SAMM/codes.xlsx"));
  });
});

Deno.test("readDatabase() of SAMM does not take the workbook of the long videos", async () => {
  const rows = [sammRow("006_9_1", "Anger")];
  const files = { ...sammFiles(rows), "SAMM/SAMM_LongVideos_V2_Release.xlsx": sammWorkbook([]) };
  await withFiles(files, async (root) => assertEquals((await readDatabase("samm", root)).entries.length, 1));
});

Deno.test("readDatabase() of SAMM says which columns a workbook lacks", async () => {
  const files = sammFiles([sammRow("006_9_1", "Anger")]);
  files[BOOK] = xlsx([{ name: "MICRO_ONLY", rows: [["Subject", "Clip"]] }]);
  await withFiles(files, async (root) => {
    const error = await assertRejects(() => readDatabase("samm", root), RangeError);
    assertMatch(error.message, /SAMM_Micro_FACS_Codes_v2\.xlsx: expected columns Subject, Filename, Onset Frame.*Clip/);
  });
});
