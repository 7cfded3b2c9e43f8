import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readDatabase } from "../../../lib/data/mod.ts";
import {
  casme2Files,
  casme2Frames,
  type Casme2Layout,
  type Casme2Row,
  casme2Row,
  casme2Workbook,
} from "./_util/casme2.ts";
import { casmeFrames, casmeRow } from "./_util/casme.ts";
import { frames, PICTURES, text, withFiles } from "./_util/files.ts";
import { messages } from "./_util/messages.ts";

const BOOK = "CASME2-coding-20140508.xlsx";
const read = (rows: readonly Casme2Row[], layout: Casme2Layout = {}) =>
  withFiles(casme2Files(rows, layout), async (root) => {
    const listing = await readDatabase("casme2", root);
    return { ...listing, said: messages(listing, root), root };
  });
const one = casme2Row(1, "EP90_01f", "others");

Deno.test("readDatabase() of CASME II reads names, window, label and row", async () => {
  const { entries, said } = await read([one]);
  const { id, subject, label, kind, onset, apex, offset, fps, line } = entries[0]!;
  assertEquals([id, subject, label, kind], ["casme2/sub01/EP90_01f", "sub01", "others", "micro"]);
  assertEquals([onset, apex, offset, fps, line, said], [46, 48, 50, 200, 2, []]);
});

for (
  const layout of [
    { folder: "CASME2_RAW_selected", prefix: "img" },
    { folder: "CASME2_preprocessed_Li Xiaobai/Cropped" },
    { folder: "Cropped_original" },
    { folder: "CASME2-RAW", prefix: "img", digits: 3 },
  ]
) {
  Deno.test(`readDatabase() of CASME II reads the layout ${layout.folder}`, async () => {
    const { entries, said } = await read([one, casme2Row(26, "EP90_02", "fear")], layout);
    assertEquals(entries.map(({ subject, onset, offset }) => [subject, onset, offset]), [
      ["sub01", 46, 50],
      ["sub26", 46, 50],
    ]);
    assertEquals(said, []);
  });
}

Deno.test("readDatabase() of CASME II takes a doubly nested folder and says so", async () => {
  const { entries, said } = await read([one], { folder: "Cropped/Cropped" });
  assertEquals(entries.length, 1);
  assertEquals(said, ["Cropped/Cropped: the folder is nested in one of the same name: the inner one was taken"]);
});

Deno.test("readDatabase() of CASME II says nothing of whole videos around the movement", async () => {
  const { entries, said } = await read([{ ...one, disk: [1, 60] }], { folder: "CASME2-RAW", prefix: "img", digits: 3 });
  assertEquals([entries[0]!.onset, entries[0]!.offset, said], [46, 50, []]);
});

Deno.test("readDatabase() of CASME II keys clips by subject and name", async () => {
  const { entries } = await read([one, { ...one, subject: 2 }]);
  assertEquals(entries.map(({ id }) => id), ["casme2/sub01/EP90_01f", "casme2/sub02/EP90_01f"]);
});

Deno.test("readDatabase() of CASME II takes irregular clip names whole", async () => {
  const names = ["EP01_2", "EP06_02_01", "EP06_02_02", "EP09f", "EP09"];
  const { entries, said } = await read(names.map((name) => casme2Row(3, name, "others")));
  assertEquals(entries.map(({ id }) => id.split("/")[2]), [...names].sort());
  assertEquals(said, []);
});

Deno.test("readDatabase() of CASME II takes every form of a missing apex as not known", async () => {
  const { entries, said } = await read([
    casme2Row(4, "EP12_01f", "disgust", { apex: "/" }),
    casme2Row(4, "EP12_02f", "disgust", { apex: null }),
    casme2Row(4, "EP12_03f", "disgust", { apex: 0 }),
    casme2Row(4, "EP12_04f", "disgust", { apex: "n/a" }),
    casme2Row(4, "EP12_05f", "disgust", { apex: 45 }),
    casme2Row(4, "EP12_06f", "disgust", { apex: 51 }),
  ]);
  assertEquals(entries.map(({ apex }) => apex), [null, null, null, null, null, null]);
  assertEquals(said.map((line) => line.replace(/.*_0\df: /, "")), [
    'the apex is "/": taken as not known',
    "the apex is blank: taken as not known",
    "the apex is 0: taken as not known",
    'the apex is "n/a": taken as not known',
    "the apex 45 is before the onset 46: taken as not known",
    "the apex 51 is after the offset 50: taken as not known",
  ]);
});

Deno.test("readDatabase() of CASME II keeps an apex that is the onset, and says so, or the offset", async () => {
  const { entries, said } = await read([
    casme2Row(5, "EP09_05f", "disgust", { apex: 46 }),
    casme2Row(12, "EP09_06", "disgust", { apex: 50 }),
  ]);
  assertEquals(entries.map(({ apex }) => apex), [46, 50]);
  assertEquals(said, [`${BOOK}:2 sub05/EP09_05f: the apex is the onset, 46: kept`]);
});

Deno.test("readDatabase() of CASME II takes subjects as text, number and float", async () => {
  const cells = ["01", 1, "1.0", "sub01", " 1\u00a0", "\u200b01\u200b"];
  const { entries } = await read(cells.map((cell, i) => casme2Row(1, `EP90_0${i}`, "others", { cell })));
  assertEquals(entries.map(({ subject }) => subject), new Array(cells.length).fill("sub01"));
});

Deno.test("readDatabase() of CASME II trims cells of every kind of space and folds labels", async () => {
  const labels = [" Others\u00a0", "other", "\ufeffHappy", "happiness\u3000", "SAD", "comtempt", "Repression "];
  const rows = labels.map((label, i) => casme2Row(1, `EP90_0${i}`, label));
  const files = casme2Files(rows);
  files[BOOK] = casme2Workbook(rows.map((row) => ({ ...row, clip: `\u00a0${row.clip} ` })));
  await withFiles(files, async (root) => {
    const { entries, findings } = await readDatabase("casme2", root);
    assertEquals(findings, []);
    assertEquals(entries.map(({ label }) => label), [
      ...["others", "others", "happiness", "happiness", "sadness", "contempt", "repression"],
    ]);
  });
});

Deno.test("readDatabase() of CASME II keeps action units as they stand, and does without their column", async () => {
  const units = [4, "R1+R2", "L14+L15", "?", "  ", null];
  const rows = units.map((cell, i) => casme2Row(1, `EP90_0${i}`, "others", { units: cell }));
  const { entries, said } = await read(rows);
  assertEquals([entries.map(({ actionUnits }) => actionUnits), said], [["4", "R1+R2", "L14+L15", "?", null, null], []]);
  const csv = "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Estimated Emotion\n1,EP90_00,46,48,50,others\n";
  await withFiles({ ...casme2Frames([rows[0]!]), "CASME2.csv": text(csv) }, async (root) => {
    const { entries: [entry], findings } = await readDatabase("casme2", root);
    assertEquals([entry!.actionUnits, findings], [null, []]);
  });
});

Deno.test("readDatabase() of CASME II reports rows without folders and folders without rows", async () => {
  const rows = [one, casme2Row(19, "EP06_02f", "others", { disk: null })];
  const { entries, said } = await read(rows, { extra: [[9, "EP02_02f"], [24, "EP02_07"]] });
  assertEquals(entries.length, 1);
  assertEquals(said, [
    `${BOOK}:3 sub19/EP06_02f: the clip has no folder of frames: left out`,
    "Cropped/sub09/EP02_02f: EP02_02f: 5 frames without a row: left out",
    "Cropped/sub24/EP02_07: EP02_07: 5 frames without a row: left out",
  ]);
});

Deno.test("readDatabase() of CASME II takes the nearest frame for an onset, apex or offset without one", async () => {
  const rows = [casme2Row(7, "EP06_01", "others", { onset: 40, apex: 58, offset: 70, disk: null })];
  const files = casme2Files(rows);
  const name = (n: number) => `reg_img${n}.jpg`;
  Object.assign(
    files,
    frames("Cropped/sub07/EP06_01", [43, 55], name),
    frames("Cropped/sub07/EP06_01", [60, 68], name),
  );
  await withFiles(files, async (root) => {
    const listing = await readDatabase("casme2", root);
    const { onset, apex, offset } = listing.entries[0]!;
    assertEquals([onset, apex, offset], [43, 60, 68]);
    assertEquals(messages(listing, root), [
      `${BOOK}:2 sub07/EP06_01: the onset 40 has no frame: the nearest, 43, was taken`,
      `${BOOK}:2 sub07/EP06_01: the apex 58 has no frame: the nearest, 60, was taken`,
      `${BOOK}:2 sub07/EP06_01: the offset 70 has no frame: the nearest, 68, was taken`,
      `${BOOK}:2 sub07/EP06_01: frames between onset and offset are missing: 56, 57, 58, 59`,
    ]);
  });
});

Deno.test("readDatabase() of CASME II takes, of two frames equally near, the one inside the window", async () => {
  const rows = [{ ...one, onset: 41, apex: 44, offset: 48, disk: null }];
  const files = casme2Files(rows);
  for (const n of [40, 42, 43, 45, 46, 47, 49]) files[`Cropped/sub01/EP90_01f/reg_img${n}.jpg`] = PICTURES.jpg;
  await withFiles(files, async (root) => {
    const { entries: [entry] } = await readDatabase("casme2", root);
    assertEquals([entry!.onset, entry!.apex, entry!.offset], [42, 43, 47]);
  });
});

Deno.test("readDatabase() of CASME II leaves out a row whose window has no frame at all", async () => {
  const { entries, said } = await read([one, casme2Row(2, "EP90_02", "others", { disk: [100, 104] })]);
  assertEquals(entries.length, 1);
  assertEquals(said, [`${BOOK}:3 sub02/EP90_02: no frame of 46 to 50 is there (frames 100 to 104): left out`]);
});

Deno.test("readDatabase() of CASME II takes the whole folder where onset and offset are no window", async () => {
  const { entries, said } = await read([
    casme2Row(1, "EP90_01", "others", { onset: 50, apex: 48, offset: 46 }),
    casme2Row(1, "EP90_02", "others", { onset: "?", offset: null }),
  ]);
  assertEquals(entries.map(({ onset, offset }) => [onset, offset]), [[46, 50], [46, 50]]);
  assertEquals(said.map((line) => line.split(": ").slice(1).join(": ")), [
    'onset "50" and offset "46" are no window: the whole folder was taken',
    'onset "?" and offset "" are no window: the whole folder was taken',
  ]);
});

Deno.test("readDatabase() of CASME II leaves out a repeated row, and separates two movements of one name", async () => {
  const { entries, said } = await read([one, one, { ...one, onset: 47 }]);
  assertEquals(entries.map(({ id }) => id), ["casme2/sub01/EP90_01f@46", "casme2/sub01/EP90_01f@47"]);
  assertEquals(said, [
    `${BOOK}:3 sub01/EP90_01f: the movement of row 2 again: left out`,
    `${BOOK}:4 sub01/EP90_01f: the folder holds frames 46 to 50, the row says 47 to 50: the row was followed`,
  ]);
});

Deno.test("readDatabase() of CASME II leaves out rows without a label, and clips whose frames have no order", async () => {
  const files = casme2Files([one, casme2Row(1, "EP90_02", ""), casme2Row(1, "EP90_03", "others")]);
  files["Cropped/sub01/EP90_03/img46.jpg"] = PICTURES.jpg;
  await withFiles(files, async (root) => {
    const listing = await readDatabase("casme2", root);
    assertEquals(listing.entries.length, 1);
    const [first, second] = messages(listing, root);
    assertEquals(first, `${BOOK}:3 sub01/EP90_02: the row has no label: left out`);
    assertMatch(second!, /:4 .*img46\.jpg and .*img46\.jpg have one number: left out/);
  });
});

Deno.test("readDatabase() of CASME II ignores companions of frames, and takes any case of their endings", async () => {
  const files = casme2Files([{ ...one, disk: null }]);
  const at = "Cropped/sub01/EP90_01f";
  ["JPG", "JPEG", "jpeg", "Jpg"].forEach((ending, i) => files[`${at}/reg_img${46 + i}.${ending}`] = PICTURES.jpg);
  files[`${at}/reg_img50.BMP`] = PICTURES.bmp;
  for (const name of [".DS_Store", "Thumbs.db", "desktop.ini", "._reg_img46.jpg", "~$x.xlsx", "flow1.npy", "a.xlsx"]) {
    files[`${at}/${name}`] = PICTURES.jpg;
    if (name !== "a.xlsx") files[`Cropped/${name}`] = PICTURES.jpg;
  }
  files[`~$${BOOK}`] = PICTURES.jpg;
  await withFiles(files, async (root) => {
    const { entries, findings } = await readDatabase("casme2", root);
    assertEquals([entries[0]!.onset, entries[0]!.offset, findings], [46, 50, []]);
  });
});

Deno.test("readDatabase() of CASME II orders unpadded frame numbers as numbers", async () => {
  const { entries, said } = await read([{ ...one, onset: 97, apex: 100, offset: 102, disk: [97, 102] }]);
  assertEquals([entries[0]!.onset, entries[0]!.apex, entries[0]!.offset, said], [97, 100, 102, []]);
});

Deno.test("readDatabase() of CASME II lists without decoding", async () => {
  const files = casme2Files([one]);
  files["Cropped/sub01/EP90_01f/reg_img47.jpg"] = new Uint8Array(3);
  await withFiles(files, async (root) => assertEquals((await readDatabase("casme2", root)).findings, []));
});

Deno.test("readDatabase() of CASME II takes a workbook without blank columns, under another name, and as CSV", async () => {
  const rows = [one];
  const csv = "\ufeffSubject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion\r\n" +
    ",,,,,,\r\n1,EP90_01f,46,48,50,R1+R2,others";
  for (
    const [name, bytes] of [
      ["CASME2-coding-20190701.xlsx", casme2Workbook(rows, { blanks: false })],
      ["my copy of the codes.xlsx", casme2Workbook(rows)],
      ["CASME2_label_Ver_2.csv", new TextEncoder().encode(csv)],
    ] as const
  ) {
    await withFiles({ ...casme2Frames(rows), [name]: bytes }, async (root) => {
      const { entries, findings } = await readDatabase("casme2", root);
      assertEquals([entries.length, entries[0]!.apex, findings], [1, 48, []], name);
    });
  }
});

Deno.test("readDatabase() of CASME II finds the workbook beside the root, or takes the one that is given", async () => {
  await withFiles(
    { ...casme2Files([one]), "else/a.xlsx": casme2Workbook([{ ...one, label: "fear" }]) },
    async (root) => {
      const beside = await readDatabase("casme2", `${root}/Cropped`);
      assertEquals(beside.entries[0]!.label, "others");
      for (const annotations of [`${root}/else/a.xlsx`, `${root}/else`]) {
        const given = await readDatabase("casme2", `${root}/Cropped`, { annotations });
        assertEquals(given.entries[0]!.label, "fear");
      }
    },
  );
});

Deno.test("readDatabase() of CASME II does not choose between two workbooks or two folders of frames", async () => {
  const books = { ...casme2Files([one]), "CASME2-coding-20190701.xlsx": casme2Workbook([one]) };
  await withFiles(books, async (root) => {
    const error = await assertRejects(() => readDatabase("casme2", root), RangeError);
    assertMatch(error.message, /20140508\.xlsx, .*20190701\.xlsx: give one as the annotations/);
  });
  const both = { ...casme2Files([one]), ...casme2Frames([one], { folder: "CASME2_RAW_selected", prefix: "img" }) };
  await withFiles(both, async (root) => {
    const error = await assertRejects(() => readDatabase("casme2", root), RangeError);
    assertMatch(error.message, /got 2: .*CASME2_RAW_selected, .*Cropped: give one of them as the root/);
  });
});

Deno.test("readDatabase() of CASME II passes over the workbook of objective classes", async () => {
  const files = { ...casme2Files([one]), "CASME2-ObjectiveClasses.xlsx": casme2Workbook([one]) };
  await withFiles(files, async (root) => assertEquals((await readDatabase("casme2", root)).entries.length, 1));
});

Deno.test("readDatabase() of CASME II refuses the frames of CASME", async () => {
  const files = { [BOOK]: casme2Workbook([one]), ...casmeFrames([casmeRow(1, "EP90_01f", 46)], "Cropped") };
  await withFiles(files, async (root) => {
    const error = await assertRejects(() => readDatabase("casme2", root), RangeError);
    assertMatch(error.message, /expected its frames, got EP90_01f-46\.jpg in .*, as CASME names them/);
  });
});
