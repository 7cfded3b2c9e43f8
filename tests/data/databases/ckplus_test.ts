import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readDatabase } from "../../../lib/data/mod.ts";
import { allCkplus, ckplusFiles, type CkplusSpec } from "./_util/ckplus.ts";
import { type Files, text, withFiles } from "./_util/files.ts";
import { labels, messages, persons } from "./_util/messages.ts";

const read = (files: Files, below = "") =>
  withFiles(files, async (root) => {
    const listing = await readDatabase("ckplus", `${root}${below}`);
    return { ...listing, said: messages(listing, root) };
  });
const sequence = (subject: number, code: number | null): CkplusSpec => ({ subject, sequence: 1, code, frames: 3 });

Deno.test("readDatabase() of CK+ reads posed sequences from neutral to the peak as macro clips", async () => {
  const { entries, said } = await read(ckplusFiles([sequence(5, 3)]));
  const { id, subject, label, kind, onset, apex, offset, fps } = entries[0]!;
  assertEquals([id, subject, label, kind], ["ckplus/S005/001", "S005", "disgust", "macro"]);
  assertEquals([onset, apex, offset, fps, said], [1, 3, 3, null, []]);
});

Deno.test("readDatabase() of CK+ names the seven codes in the other databases' spelling", async () => {
  const { entries } = await read(ckplusFiles([1, 2, 3, 4, 5, 6, 7].map((code) => sequence(code, code))));
  assertEquals(entries.map(({ label }) => label), [
    ...["anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"],
  ]);
});

Deno.test("readDatabase() of CK+ counts sequences whose emotion folder is empty or missing, without a finding", async () => {
  const files = ckplusFiles([sequence(5, 3), sequence(6, null), sequence(7, null)]);
  delete files["Emotion/S007/001/.DS_Store"];
  const { entries, said, notes } = await read(files);
  assertEquals([entries.length, said], [1, []]);
  assertEquals(notes, ["2 sequences without an emotion file were left out"]);
});

Deno.test("readDatabase() of CK+ takes leading spaces, CRLF and no end of line", async () => {
  for (const end of ["\r\n", "", " \n\n"]) {
    assertEquals((await read(ckplusFiles([sequence(5, 3)], { end }))).entries[0]!.label, "disgust");
  }
});

Deno.test("readDatabase() of CK+ leaves out neutral, impossible and double emotion files", async () => {
  const files = ckplusFiles([sequence(1, 1), sequence(2, 0), sequence(3, 2), sequence(4, 3), sequence(6, 9)]);
  files["Emotion/S003/001/S003_001_00000003_emotion.txt"] = text("happy");
  files["Emotion/S004/001/S004_001_00000002_emotion.txt"] = text("1.0");
  const { entries, said } = await read(files);
  assertEquals(entries.map(({ subject }) => subject), ["S001"]);
  assertEquals(said.map((line) => line.replace(/^.*_emotion\.txt:/, "")), [
    '1 expected a number from 1 to 7, got "0.0000000e+00": the sequence was left out',
    '1 expected a number from 1 to 7, got "happy": the sequence was left out',
    " 2 emotion files for one sequence: left out",
    '1 expected a number from 1 to 7, got "9.0000000e+00": the sequence was left out',
  ]);
});

Deno.test("readDatabase() of CK+ reports emotion files without pictures and of another frame than the last", async () => {
  const files = ckplusFiles([sequence(5, 3), sequence(6, 3)]);
  delete files["cohn-kanade-images/S005/001/S005_001_00000003.png"];
  for (const path of Object.keys(files)) if (path.startsWith("cohn-kanade-images/S006")) delete files[path];
  const { entries, said } = await read(files);
  assertEquals(entries.map(({ apex }) => apex), [2]);
  assertEquals(said, [
    "Emotion/S005/001/S005_001_00000003_emotion.txt: the label is of frame 3, the last frame is 2",
    "Emotion/S006/001/S006_001_00000003_emotion.txt: an emotion file without a sequence: left out",
  ]);
});

/** The action units of S005's sequence, and what is said, of a root with these files. */
async function unitsOf(files: Files, below = "") {
  const { entries, said } = await read(files, below);
  return [entries[0]!.actionUnits, said];
}

Deno.test("readDatabase() of CK+ keeps the file of action units as it stands, under, beside and without their folder", async () => {
  const files = ckplusFiles([sequence(5, 3), sequence(6, 3)]);
  const file = "FACS/S005/001/S005_001_00000003_facs.txt";
  assertEquals(await unitsOf(files), ["4.0000000e+00   2.0000000e+00", []]);
  assertEquals(await unitsOf(files, "/cohn-kanade-images"), ["4.0000000e+00   2.0000000e+00", []]);
  assertEquals((await read(files)).entries[1]!.actionUnits, null);
  files[file] = text("\ufeff   4.0000000e+00   2.0000000e+00\r\n   1.7000000e+01   0.0000000e+00\r\n");
  assertEquals(await unitsOf(files), ["4.0000000e+00   2.0000000e+00\r\n   1.7000000e+01   0.0000000e+00", []]);
  files[file] = text(" \r\n");
  assertEquals(await unitsOf(files), [null, []]);
  delete files[file];
  assertEquals(await unitsOf(files), [null, []]);
  const nested = { [file.replace("FACS", "FACS_labels/FACS")]: text("1 0") };
  assertEquals(await unitsOf({ ...files, ...nested }, "/cohn-kanade-images"), ["1 0", []]);
});

Deno.test("readDatabase() of CK+ leaves out action units of which several could be meant, or that are none", async () => {
  const files = ckplusFiles([sequence(5, 3)]);
  const at = "FACS/S005/001/S005_001_00000003_facs.txt";
  const [twice, copied, large] = [
    await unitsOf({ ...files, "FACS/S005/001/S005_001_00000002_facs.txt": text("1 0") }),
    await unitsOf({ ...files, "copy/S005/001/S005_001_00000003_facs.txt": text("1 0") }),
    await unitsOf({ ...files, [at]: new Uint8Array(4097).fill(48) }),
  ];
  assertEquals(twice, [null, [
    "FACS/S005/001/S005_001_00000002_facs.txt: " +
    "expected one sequence's action units, got 2 files for one sequence: they were left out",
  ]]);
  assertEquals(copied, [null, [
    "FACS: one of several folders of action units: none was read",
    "copy: one of several folders of action units: none was read",
  ]]);
  assertEquals(large, [null, [
    `${at}: expected one sequence's action units, got more than 4096 bytes: they were left out`,
  ]]);
});

Deno.test("readDatabase() of CK+ reads the nested folders, and finds the labels beside the pictures", async () => {
  const nested = {
    images: "extended-cohn-kanade-images/cohn-kanade-images",
    emotions: "Emotion_labels/Emotion",
  };
  const files = ckplusFiles([sequence(5, 3)], nested);
  assertEquals((await read(files)).entries.length, 1);
  assertEquals((await read(files, "/extended-cohn-kanade-images")).entries.length, 1);
  assertEquals((await read(ckplusFiles([sequence(5, 3)]), "/cohn-kanade-images")).entries.length, 1);
});

Deno.test("readDatabase() of CK+ takes the folder of labels that is given, and demands one", async () => {
  await withFiles(ckplusFiles([sequence(5, 3)], { emotions: "elsewhere/labels" }), async (root) => {
    const images = `${root}/cohn-kanade-images`;
    const { entries } = await readDatabase("ckplus", images, { annotations: `${root}/elsewhere/labels` });
    assertEquals(entries.length, 1);
    const options = { annotations: `${root}/FACS` };
    for (const failing of [() => readDatabase("ckplus", images), () => readDatabase("ckplus", root, options)]) {
      const error = await assertRejects(failing, RangeError);
      assertMatch(error.message, /the emotion labels of CK\+/);
    }
  });
});

Deno.test("readDatabase() of the whole CK+ lists 327 of 593 sequences", async () => {
  const { entries, said, notes } = await read(ckplusFiles(allCkplus()));
  assertEquals([entries.length, persons({ entries }).length, said], [327, 118, []]);
  assertEquals(notes, ["266 sequences without an emotion file were left out"]);
  assertEquals(labels({ entries }), {
    ...{ anger: 45, contempt: 18, disgust: 59, fear: 25, happiness: 69, sadness: 28, surprise: 83 },
  });
});
