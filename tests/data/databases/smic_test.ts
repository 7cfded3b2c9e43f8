import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readDatabase, type ReadDatabaseOptions } from "../../../lib/data/mod.ts";
import { type Files, frames, PICTURES, withFiles } from "./_util/files.ts";
import { labels, messages, persons } from "./_util/messages.ts";
import { allSmicRows, smicExtendedFiles, smicFiles, smicRow, type SmicRowSpec, smicWorkbook } from "./_util/smic.ts";
import { xlsx } from "./_util/xlsx.ts";

const BOOK = "HS_long/SMIC-HS-E/SMIC-HS-E_annotation.xlsx";
const clip = { subject: 3, tag: "ne", index: 1, from: 34208 } as const;
const read = (files: Files, options: ReadDatabaseOptions = {}) =>
  withFiles(files, async (root) => {
    const listing = await readDatabase("smic", root, options);
    return { ...listing, said: messages(listing, root) };
  });

Deno.test("readDatabase() of SMIC reads label and window off the folder, without annotation or apex", async () => {
  const { entries, said, notes } = await read(smicFiles([clip]));
  const { id, subject, label, kind, onset, apex, offset, fps, line } = entries[0]!;
  assertEquals([id, subject, label, kind], ["smic/s03/hs/s03_ne_01", "s03", "negative", "micro"]);
  assertEquals([onset, apex, offset, fps, line, said], [34208, null, 34212, 100, null, []]);
  assertEquals(notes, ["1 folders of non_micro clips were left out"]);
  assertEquals(entries[0]!.actionUnits ?? null, null); // SMIC has none
});

Deno.test("readDatabase() of SMIC knows a clip under each spelling of its subject", async () => {
  for (const padded of [false, true]) {
    const { entries } = await read(smicFiles([clip, { ...clip, subject: 20, tag: "sur" }], { padded }));
    assertEquals(entries.map(({ id }) => id), ["smic/s03/hs/s03_ne_01", "smic/s20/hs/s20_sur_01"]);
  }
});

Deno.test("readDatabase() of SMIC knows a clip whose folder spells the subject otherwise than its parent's", async () => {
  for (const subject of ["s1", "s01"]) {
    for (const name of ["s1_ne_01", "s01_ne_01"]) {
      const path = `HS/${subject}/micro/negative/${name}`;
      const { entries, said } = await read(frames(path, [5, 9], (n) => `image00000${n}.bmp`));
      assertEquals([entries.map(({ id }) => id), said], [["smic/s01/hs/s01_ne_01"], []], path);
    }
  }
});

Deno.test("readDatabase() of SMIC takes one clip that lies there under both spellings once", async () => {
  const files = { ...smicFiles([clip]), ...smicFiles([clip], { padded: true }) };
  const { entries, said } = await read(files);
  assertEquals(entries.length, 1);
  assertMatch(
    said[0]!,
    /s3\/micro\/negative\/s3_ne_01: the same clip as .*s03\/micro\/negative\/s3_ne_01: passed over/,
  );
});

Deno.test("readDatabase() of SMIC takes frame numbers of six, seven and eight digits as numbers", async () => {
  for (const from of [99_998, 9_999_998, 34_208]) {
    const { entries, said } = await read(smicFiles([{ ...clip, from }], { folder: "HS", prefix: "image" }));
    assertEquals([entries[0]!.onset, entries[0]!.offset, said], [from, from + 4, []]);
  }
});

Deno.test("readDatabase() of SMIC reads the given camera, else the fast one, else the one that is there", async () => {
  const files = {
    ...smicFiles([clip]),
    ...smicFiles([{ ...clip, subject: 11 }], { folder: "SMIC_all_cropped/VIS" }),
    ...smicFiles([{ ...clip, subject: 12 }], { folder: "SMIC_all_cropped/NIR" }),
  };
  for (const [camera, id, fps] of [["hs", "s03", 100], ["vis", "s11", 25], ["nir", "s12", 25]] as const) {
    const { entries } = await read(files, { camera });
    assertEquals(entries.map((entry) => [entry.id, entry.fps]), [[`smic/${id}/${camera}/${id}_ne_01`, fps]]);
  }
  assertEquals((await read(files)).entries[0]!.id, "smic/s03/hs/s03_ne_01");
  const slow = smicFiles([clip], { folder: "VIS" });
  assertEquals((await read(slow)).entries[0]!.id, "smic/s03/vis/s03_ne_01");
  await withFiles(slow, async (root) => {
    assertEquals((await readDatabase("smic", `${root}/VIS`)).entries[0]!.fps, 25);
    const error = await assertRejects(() => readDatabase("smic", root, { camera: "hs" }), RangeError);
    assertMatch(
      error.message,
      /expected one folder of the camera hs, got .*VIS \(vis\): choose the camera, or give one folder/,
    );
  });
  await withFiles({ ...smicFiles([clip]), ...smicFiles([clip], { folder: "SMIC_all_raw/HS" }) }, async (root) => {
    const error = await assertRejects(() => readDatabase("smic", root), RangeError);
    assertMatch(error.message, /got .*SMIC_all_cropped\/HS \(hs\), .*SMIC_all_raw\/HS \(hs\)/);
  });
});

Deno.test("readDatabase() of SMIC follows the folder where the clip's name says another class", async () => {
  const files = frames("HS/s3/micro/surprise/s3_ne_01", [5, 9], (n) => `image00000${n}.bmp`);
  const { entries, said } = await read(files);
  assertEquals(entries[0]!.label, "surprise");
  assertMatch(said[0]!, /s03_ne_01: the name says negative, the folder surprise: the folder was followed/);
});

Deno.test("readDatabase() of SMIC passes over stray folders and reports missing numbers", async () => {
  const files = smicFiles([clip]);
  delete files["SMIC_all_cropped/HS/s3/micro/negative/s3_ne_01/reg_image034210.bmp"];
  files["SMIC_all_cropped/HS/s3/micro/tests/a.bmp"] = PICTURES.bmp;
  const { entries, said } = await read(files);
  assertEquals([entries[0]!.onset, entries[0]!.offset], [34208, 34212]);
  assertEquals(said, [
    "SMIC_all_cropped/HS/s3/micro/negative/s3_ne_01: s03_ne_01: frames between onset and offset are missing: 34210",
    "SMIC_all_cropped/HS/s3/micro/tests: a folder that is no clip: passed over",
  ]);
});

Deno.test("readDatabase() of SMIC compares a given workbook with the folders, whose label wins", async () => {
  const files = { ...smicFiles([{ ...clip, subject: 18, tag: "sur", index: 3 }, clip]) };
  files["codes.xlsx"] = smicWorkbook([smicRow(18, "sur", 3, { label: "negative" }), smicRow(4, "ne", 1)]);
  await withFiles({ ...files, "HS codes.xlsx": files["codes.xlsx"] }, async (root) => {
    const listing = await readDatabase("smic", root, { annotations: `${root}/HS codes.xlsx` });
    assertEquals(listing.entries.map(({ label }) => label), ["negative", "surprise"]);
    assertEquals(messages(listing, root), [
      "HS codes.xlsx:2 s18_sur_03: the row says negative, the clip's own name surprise: the name was followed",
      "HS codes.xlsx:3 s04_ne_01: the clip has no folder of frames: left out",
      "SMIC_all_cropped/HS/s3/micro/negative/s3_ne_01: s03_ne_01: a folder without a row: taken all the same",
    ]);
  });
});

const extended = (rows: readonly SmicRowSpec[], folder?: string) => read(smicExtendedFiles(rows, folder));

Deno.test("readDatabase() of extended SMIC cuts the movement out of its video by the workbook's formulas", async () => {
  const { entries, said } = await extended([smicRow(3, "ne", 1)]);
  const { id, onset, apex, offset, line } = entries[0]!;
  assertEquals([id, onset, apex, offset, line, said], ["smic/s03/hs/s03_ne_01", 1005, null, 1009, 2, []]);
});

for (const folder of ["SMIC-E_raw image/HS_long/SMIC-HS-E", "SMIC-HS-E/HS", "HS_long/SMIC_HS_E"]) {
  Deno.test(`readDatabase() of extended SMIC reads the layout ${folder}`, async () => {
    assertEquals((await extended([smicRow(3, "ne", 1)], folder)).entries.length, 1);
  });
}

Deno.test("readDatabase() of extended SMIC makes an offset without stored value from the movement's length", async () => {
  const offset = { formula: "D2-100*(VIS!D2-VIS!I2)/25" };
  const { entries, said } = await extended([
    smicRow(3, "ne", 1, { offset, total: 5 }),
    smicRow(3, "ne", 2, { offset }),
  ]);
  assertEquals(entries.map(({ offset }) => offset), [1009]);
  assertEquals(said, [
    `${BOOK}:2 s03_ne_01: the offset's formula has no value: 1009 was made from the movement's 5 frames`,
    `${BOOK}:3 s03_ne_02: onset "1005" and offset "" are no window: left out`,
  ]);
});

Deno.test("readDatabase() of extended SMIC takes further movements for the clips without a row of their own", async () => {
  const further = [[1012, 1014], [1016, 1018]] as const;
  const { entries, said } = await extended([smicRow(4, "ne", 4, { further })]);
  assertEquals(entries.map(({ id, onset, offset, label }) => [id, onset, offset, label]), [
    ["smic/s04/hs/s04_ne_04", 1005, 1009, "negative"],
    ["smic/s04/hs/s04_ne_05", 1012, 1014, "negative"],
    ["smic/s04/hs/s04_ne_06", 1016, 1018, "negative"],
  ]);
  assertEquals(said.length, 2);
});

Deno.test("readDatabase() of extended SMIC leaves out further movements that are doubled, impossible or named already", async () => {
  const { entries, said } = await extended([
    smicRow(9, "sur", 1, { further: [[1012, 1014], [1012, 1014]] }),
    smicRow(20, "ne", 6, { further: [[1012, 1014], [36_601, 1000]] }),
    smicRow(1, "ne", 1, { further: [[1012, 1014]] }),
    smicRow(1, "ne", 2),
  ]);
  assertEquals(entries.map(({ id }) => id.split("/")[3]), [
    ...["s01_ne_01", "s01_ne_02", "s09_sur_01", "s09_sur_02", "s20_ne_06"],
  ]);
  assertEquals(said.map((line) => line.replace(`${BOOK}:`, "")), [
    "2 s09_sur_01: the movement 1012 to 1014 stands twice in the row: taken once",
    "2 s09_sur_01: s09_sur_02 has no row: the row's further movement 1012 to 1014 was taken for it",
    "3 s20_ne_06: the movement 36601 to 1000 does not lie in the video, 1000 to 1019: " +
    "no further movement of the row was taken",
    "4 s01_ne_01: the movement 1012 to 1014 has no name of its own: left out",
  ]);
});

Deno.test("readDatabase() of extended SMIC survives a text in place of the first frame", async () => {
  const { entries, said } = await extended([
    smicRow(3, "ne", 2, { first: "MISSING <-1000", further: [[1012, 1014]] }),
  ]);
  assertEquals(entries.length, 2);
  assertEquals(said[0], `${BOOK}:2 s03_ne_02: first is "MISSING <-1000", no frame number: not used`);
});

Deno.test("readDatabase() of extended SMIC follows the clip's name where the sheet says another label", async () => {
  const { entries, said } = await extended([smicRow(18, "sur", 3, { label: "negative" })]);
  assertEquals(entries[0]!.label, "surprise");
  assertEquals(said, [
    `${BOOK}:2 s18_sur_03: the row says negative, the clip's own name surprise: the name was followed`,
  ]);
});

Deno.test("readDatabase() of extended SMIC takes the nearest frame where the sheet is off by one", async () => {
  const { entries, said } = await extended([smicRow(3, "ne", 1, { disk: [1006, 1020] })]);
  assertEquals([entries[0]!.onset, entries[0]!.offset], [1006, 1009]);
  assertEquals(said, [`${BOOK}:2 s03_ne_01: the onset 1005 has no frame: the nearest, 1006, was taken`]);
});

Deno.test("readDatabase() of extended SMIC reports rows without folders and folders without rows", async () => {
  const files = smicExtendedFiles([smicRow(3, "ne", 1), smicRow(3, "ne", 7, { disk: null })]);
  Object.assign(files, frames("HS_long/SMIC-HS-E/s03/s3_ne_20", [1, 3], (n) => `image00000${n}.jpg`));
  const { said } = await read(files);
  assertEquals(said, [
    `${BOOK}:3 s03_ne_07: the clip has no folder of frames: left out`,
    "HS_long/SMIC-HS-E/s03/s3_ne_20: s03_ne_20: a folder without a row: left out",
  ]);
});

Deno.test("readDatabase() of extended SMIC reads the slow camera's sheet and names with a space", async () => {
  const row = smicRow(11, "po", 2);
  const files: Files = { "VIS_long/SMIC-HS-E_annotation.xlsx": smicWorkbook([], { vis: [row] }) };
  Object.assign(files, frames("VIS_long/SMIC-VIS-E/s11/s11_po_02", [1000, 1019], (n) => `image ${n}.jpg`));
  const { entries, said } = await read(files, { camera: "vis" });
  assertEquals(entries.map(({ id, onset, offset, fps }) => [id, onset, offset, fps]), [
    ["smic/s11/vis/s11_po_02", 1005, 1009, 25],
  ]);
  assertEquals(said, []);
});

Deno.test("readDatabase() of extended SMIC takes apexes where a sheet has them, inside the movement only", async () => {
  const header = ["Subject", "Filename", null, "OnsetF", "ApexF", "OffsetF", "Emotion"];
  const rows = [[3, "s3_ne_01", null, 1005, 1007, 1009, "negative"], [
    3,
    "s3_ne_02",
    null,
    1005,
    1019,
    1009,
    "negative",
  ]];
  const files = smicExtendedFiles([smicRow(3, "ne", 1), smicRow(3, "ne", 2)]);
  const { entries, said } = await read({ ...files, [BOOK]: xlsx([{ name: "HS", rows: [header, ...rows] }]) });
  assertEquals(entries.map(({ apex }) => apex), [1007, null]);
  assertEquals(said, [`${BOOK}:3 s03_ne_02: the apex 1019 is outside 1005 to 1009: not known`]);
});

Deno.test("readDatabase() of extended SMIC demands the camera's own sheet", async () => {
  const files: Files = { "NIR_long/SMIC-HS-E_annotation.xlsx": smicWorkbook([smicRow(11, "po", 2)]) };
  Object.assign(files, frames("NIR_long/SMIC-NIR-E/s11/s11_po_02", [1000, 1019], (n) => `image ${n}.jpg`));
  await withFiles(files, async (root) => {
    const error = await assertRejects(() => readDatabase("smic", root, { camera: "nir" }), RangeError);
    assertMatch(error.message, /expected a sheet NIR with columns Subject, Filename, OnsetF, OffsetF/);
  });
});

Deno.test("readDatabase() of the whole extended SMIC lists 157 clips with a row and 4 in the row before", async () => {
  const { entries, said, ...rest } = await read(smicExtendedFiles(allSmicRows()));
  assertEquals(entries.length, 161);
  assertEquals(new Set(entries.map(({ path }) => path)).size, 157);
  assertEquals(labels({ entries }), { negative: 68, positive: 51, surprise: 42 });
  assertEquals([persons({ entries }).length, said.length, rest.notes], [16, 11, []]);
});
