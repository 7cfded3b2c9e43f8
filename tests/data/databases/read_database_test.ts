import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { DATABASE_NAMES, type DatabaseName, readDatabase } from "../../../lib/data/mod.ts";
import { casme2Files, casme2Frames, casme2Row, casme2Workbook } from "./_util/casme2.ts";
import { casmeFiles, casmeRow } from "./_util/casme.ts";
import { casmeSquaredFiles, casmeSquaredRow } from "./_util/casme_squared.ts";
import { ckplusFiles } from "./_util/ckplus.ts";
import { type Files, PICTURES, text, withFiles } from "./_util/files.ts";
import { sammFiles, sammRow, sammWorkbook } from "./_util/samm.ts";
import { smicFiles } from "./_util/smic.ts";
import { encryptedWorkbook, xls, zip } from "./_util/xlsx.ts";

const row = casme2Row(1, "EP90_01f", "others");
const BOOK = "CASME2-coding-20140508.xlsx";

/** One clip of each database, in a folder of its own. */
const EACH: Readonly<Record<Exclude<DatabaseName, "manifest">, Files>> = {
  samm: sammFiles([sammRow("006_9_1", "Anger")]),
  smic: smicFiles([{ subject: 3, tag: "ne", index: 1, from: 34208 }]),
  casme: casmeFiles([casmeRow(1, "EP90_1", 11)]),
  casme2: casme2Files([row]),
  "casme-squared": casmeSquaredFiles([casmeSquaredRow(1, "anger1_1", 5)]),
  ckplus: ckplusFiles([{ subject: 5, sequence: 1, code: 3, frames: 3 }]),
};
const NAMES = DATABASE_NAMES.filter((name) => name !== "manifest");

const fails = (files: Files, name: DatabaseName, below = "") =>
  withFiles(files, async (root) => {
    const error = await assertRejects(() => readDatabase(name, `${root}${below}`), Error);
    assert(!(error instanceof TypeError) || error.message.startsWith("Cannot "), String(error.stack));
    return { error, root };
  });

Deno.test("readDatabase() gives one clip of each database an id, numbers of existing frames, and a source", async () => {
  for (const name of NAMES) {
    await withFiles(EACH[name], async (root) => {
      const { database, entries: [entry, ...more], findings } = await readDatabase(name, root);
      assertEquals([database, more, findings], [name, [], []]);
      assertEquals(entry!.database, name);
      assert(entry!.id.startsWith(`${name}/${entry!.subject}/`));
      assert(entry!.onset! < entry!.offset! && entry!.path.startsWith(root) && entry!.file.startsWith(root));
    });
  }
});

Deno.test("readDatabase() refuses every other database's folder, naming what it found", async () => {
  for (const name of NAMES) {
    for (const other of NAMES.filter((one) => one !== name)) {
      const { error } = await fails(EACH[other], name);
      assertMatch(error.message, /^Cannot read .*: expected .*, got /s, `${other} given for ${name}`);
    }
  }
  assertMatch(
    (await fails(EACH.samm, "casme2")).error.message,
    /named sub01, sub02, …, got folders of SAMM in .*SAMM$/,
  );
  assertMatch((await fails(EACH.ckplus, "samm")).error.message, /got folders of CK\+ in .*Emotion$/);
  assertMatch((await fails(EACH.casme2, "samm")).error.message, /got folders of CASME or CASME II in .*Cropped$/);
});

Deno.test("readDatabase() refuses two databases unpacked into one folder", async () => {
  const frames = Object.fromEntries(
    Object.entries(casme2Frames([row])).map(([path, bytes]) => [path.replace("Cropped", "SAMM"), bytes]),
  );
  const mixed = { ...EACH.samm, ...frames, [BOOK]: casme2Workbook([row]) };
  assertMatch(
    (await fails(mixed, "samm")).error.message,
    /expected one data set, got folders of SAMM \(006\) and of CASME or CASME II \(sub01\) mixed/,
  );
  assertMatch(
    (await fails(mixed, "casme2")).error.message,
    /expected one data set, got folders of CASME II \(sub01\) and of SAMM \(006\) mixed/,
  );
});

Deno.test("readDatabase() does not take clips of CAS(ME)² unpacked among those of SMIC, whose subjects are named alike", async () => {
  const rawpic = Object.fromEntries(
    Object.entries(EACH["casme-squared"]).map((
      [path, bytes],
    ) => [path.replace("rawpic", "SMIC_all_cropped/HS"), bytes]),
  );
  const mixed = { ...EACH.smic, ...rawpic };
  await withFiles(mixed, async (root) => {
    const { entries, findings } = await readDatabase("smic", root);
    assertEquals([entries.length, findings.map(({ message }) => message)], [1, [
      "a folder that is no clip: passed over",
    ]]);
  });
  assertMatch(
    (await fails(mixed, "casme-squared")).error.message,
    /got folders of CAS\(ME\)² \(s15\) and of SMIC .*mixed/,
  );
});

Deno.test("readDatabase() reads one database out of a folder that holds several side by side", async () => {
  await withFiles({ ...EACH.samm, ...EACH.smic, ...EACH.ckplus, ...EACH.casme2 }, async (root) => {
    for (const name of ["samm", "smic", "casme2"] as const) {
      assertEquals((await readDatabase(name, root)).entries.length, 1);
    }
  });
});

Deno.test("readDatabase() refuses a missing root, a file, an archive, an empty folder, an unknown name", async () => {
  await withFiles(
    { "a.zip": zip({ a: "a" }), "b": zip({ a: "a" }), "c.txt": text("x"), "e/.DS_Store": text("") },
    async (root) => {
      for (const name of NAMES) {
        const failing = async (path: string) =>
          (await assertRejects(() => readDatabase(name, `${root}/${path}`))) as Error;
        assert(await failing("none") instanceof Deno.errors.NotFound);
        assertMatch((await failing("none")).message, /^Cannot read .*none: expected a file or folder, got none there$/);
        for (const archive of ["a.zip", "b"]) {
          assertMatch(
            (await failing(archive)).message,
            /expected a folder, got an archive: unpack it and give the folder$/,
          );
        }
        assertMatch((await failing("c.txt")).message, /expected a folder, got a file$/);
        assertMatch((await failing("e")).message, /got an empty folder$/);
      }
      for (const archive of ["a.zip", "b"]) {
        const error = await assertRejects(() => readDatabase("manifest", `${root}/${archive}`), SyntaxError);
        assertMatch(error.message, /expected CSV text, got an archive: unpack it and give the folder$/);
      }
      await Deno.copyFile(`${root}/a.zip`, `${root}/a.xlsx`);
      await assertRejects(() => readDatabase("manifest", `${root}/a.xlsx`), SyntaxError, "a workbook: save it as CSV");
      await assertRejects(() => readDatabase("mmew" as DatabaseName, root), RangeError, 'got "mmew"');
    },
  );
});

Deno.test("readDatabase() without a workbook says where it looked and what it looked for", async () => {
  const { error, root } = await fails(casme2Frames([row]), "casme2", "/Cropped");
  assertStringIncludes(error.message, `from ${root}/Cropped: expected one annotation file under it or beside it`);
  assertMatch(error.message, /OnsetFrame.*got none: give its path as the annotations$/);
});

Deno.test("readDatabase() refuses a workbook with a password, a damaged one, an old one, and other bytes", async () => {
  const whole = casme2Workbook([row]);
  for (
    const [bytes, why] of [
      [encryptedWorkbook(), /expected a workbook without a password, got an encrypted one: save a copy/],
      [xls(), /expected \.xlsx or CSV, got an old binary \.xls: export it with\n {2}libreoffice --headless/],
      [whole.slice(0, whole.length >> 1), /expected a whole \.xlsx workbook, got a damaged one/],
      [zip({ "a.txt": "a" }), /expected a whole \.xlsx workbook, got a damaged one/],
      [text("Subject,Filename"), /expected an \.xlsx workbook, got other bytes/],
      [new Uint8Array(), /expected a workbook or CSV, got an empty file/],
    ] as const
  ) {
    const { error } = await fails({ ...casme2Frames([row]), [BOOK]: bytes }, "casme2");
    assert(error instanceof SyntaxError);
    assertStringIncludes(error.message, BOOK);
    assertMatch(error.message, why);
  }
});

Deno.test("readDatabase() refuses a workbook that unpacks to gigabytes before unpacking it", async () => {
  const bytes = casme2Workbook([row]);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 < bytes.length; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 2 ** 31, true);
  }
  const { error } = await fails({ ...casme2Frames([row]), [BOOK]: bytes }, "casme2");
  assertMatch(error.message, /expected at most \d+ bytes unpacked, got more/);
});

Deno.test("readDatabase() refuses a workbook with cells far outside a spreadsheet", async () => {
  for (const cell of ["A99999999", "ABCDEF1", "A1048577", "XFE1"]) {
    const sheet = `<row r="1"><c r="${cell}"><v>1</v></c></row>`;
    const { error } = await fails(
      { ...casme2Frames([row]), [BOOK]: zip({ "xl/worksheets/sheet1.xml": sheet }) },
      "casme2",
    );
    assertMatch(error.message, /expected cells up to XFD1048576, got /);
  }
  const wide = zip({ "xl/worksheets/sheet1.xml": '<row r="1"><c r="XFD1"/></row>'.repeat(3000) });
  const { error } = await fails({ ...casme2Frames([row]), [BOOK]: wide }, "casme2");
  assertMatch(error.message, /expected at most \d+ cells, got 3000 rows of 16384/);
});

Deno.test("readDatabase() answers every damage of a workbook with clips or one clear error", async () => {
  const whole = casme2Workbook([row, { ...row, clip: "EP90_02" }]);
  await withFiles(casme2Files([row]), async (root) => {
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(whole.length), async (all, cut) => {
        const bytes = whole.slice();
        for (const [at, byte] of all) bytes[at] = byte;
        await Deno.writeFile(`${root}/${BOOK}`, all.length % 3 === 0 ? bytes.slice(0, cut) : bytes);
        const result = await readDatabase("casme2", root).catch((error: Error) => error);
        assert(!(result instanceof Error) || /^Cannot read .*expected/s.test(result.message), String(result));
      }),
      { numRuns: 150, seed: 3 },
    );
  });
});

Deno.test("readDatabase() refuses a CSV that is not UTF-8 or is binary", async () => {
  for (const bytes of [Uint8Array.of(83, 0xe9, 44, 10), Uint8Array.of(83, 0, 44)]) {
    const { error } = await fails({ ...casme2Frames([row]), "CASME2.csv": bytes }, "casme2");
    assertMatch(error.message, /CASME2\.csv: expected .*text or an \.xlsx workbook, got other bytes/);
  }
});

Deno.test("readDatabase() takes a CSV with BOM, CRLF, filler lines, semicolons and no last newline, by its line", async () => {
  const head = '"Subject";Filename;OnsetFrame;ApexFrame;OffsetFrame;Estimated Emotion';
  const csv = `\ufeff${head}\r\n;;;;;\r\n\r\n01;EP90_01f;46;48.0;50;"others"`;
  await withFiles({ ...casme2Frames([row]), "CASME2.csv": text(csv) }, async (root) => {
    const { entries: [entry], findings } = await readDatabase("casme2", root);
    assertEquals([entry!.apex, entry!.label, entry!.line, findings], [48, "others", 4, []]);
  });
});

Deno.test("readDatabase() demands a header row", async () => {
  const { error } = await fails(
    { ...casme2Frames([row]), "CASME2.csv": text("01,EP90_01f,46,48,50,others\n") },
    "casme2",
  );
  assertMatch(error.message, /expected columns Subject, .* got a sheet that begins 01, EP90_01f, 46/);
});

Deno.test("readDatabase() reports rows without a subject or clip", async () => {
  const book = casme2Workbook([
    row,
    { ...row, clip: "EP90_02", cell: "sub one" },
    { ...row, clip: "EP90_03", cell: "" },
    { ...row, clip: "" },
  ]);
  await withFiles({ ...casme2Frames([row]), [BOOK]: book }, async (root) => {
    const { entries, findings } = await readDatabase("casme2", root);
    assertEquals(entries.length, 1);
    assertEquals(findings.map(({ line, message }) => [line, message]), [
      [3, 'expected a subject\'s number and a clip\'s name, got "sub one" and "EP90_02": left out'],
      [4, 'expected a subject\'s number and a clip\'s name, got "" and "EP90_03": left out'],
      [5, 'expected a subject\'s number and a clip\'s name, got "01" and "": left out'],
    ]);
  });
});

Deno.test("readDatabase() strictly makes findings an error with file and row, twenty at most, and passes without", async () => {
  const rows = Array.from({ length: 25 }, (_, i) => casme2Row(1, `EP90_${i}`, "others", { apex: "/" }));
  await withFiles(casme2Files(rows), async (root) => {
    const error = await assertRejects(() => readDatabase("casme2", root, { strict: true }), RangeError);
    const lines = error.message.split("\n");
    assertEquals(lines[0], "Cannot read casme2 strictly: expected no findings, got 25:");
    assertEquals(lines[1], `  ${root}/${BOOK}, row 2: sub01/EP90_0: the apex is "/": taken as not known`);
    assertEquals([lines.length, lines.at(-1)], [22, "  … and 5 more"]);
  });
  await withFiles(casme2Files([row]), async (root) => {
    assertEquals((await readDatabase("casme2", root, { strict: true })).entries.length, 1);
  });
});

Deno.test("readDatabase() lists the same in the same order again, whatever the order on disk", async () => {
  const rows = [3, 1, 2].flatMap((subject) =>
    ["EP91_01", "EP90_01"].map((clip) => casme2Row(subject, clip, "fear", { apex: 0 }))
  );
  const relative = async (files: Files) =>
    await withFiles(files, async (root) => JSON.stringify(await readDatabase("casme2", root)).replaceAll(root, ""));
  const files = casme2Files(rows);
  assertEquals(await relative(files), await relative(Object.fromEntries(Object.entries(files).reverse())));
});

Deno.test("readDatabase() follows links to folders and survives dead ones", async () => {
  await withFiles(casme2Files([row]), async (root) => {
    await Deno.rename(`${root}/Cropped/sub01`, `${root}/kept`);
    await Deno.symlink(`${root}/kept`, `${root}/Cropped/sub01`);
    await Deno.symlink(`${root}/nowhere`, `${root}/Cropped/sub02`);
    const { entries, findings } = await readDatabase("casme2", `${root}/Cropped`);
    assertEquals([entries.length, findings], [1, []]);
  });
});

Deno.test("readDatabase() of a manifest takes the file or its folder, several databases, and names with a space", async () => {
  const csv = "id,database,subject,label,kind,path\na,x,1,Happy,micro,006_006_1_2 .png\nb,w,1,sad,micro,b.png\n";
  const files = { "manifest.csv": text(csv), "006_006_1_2 .png": PICTURES.png, "b.png": PICTURES.png };
  await withFiles(files, async (root) => {
    for (const path of [root, `${root}/manifest.csv`]) {
      const { database, entries, findings } = await readDatabase("manifest", path);
      assertEquals([database, findings], ["w+x", []]);
      assertEquals(entries.map(({ id, path }) => [id, path]), [["a", `${root}/006_006_1_2 .png`], [
        "b",
        `${root}/b.png`,
      ]]);
    }
  });
});

Deno.test("readDatabase() does not take the workbook of another database beside its own", async () => {
  const files = { ...EACH.samm, "SAMM/CASME2-coding-20140508.xlsx": casme2Workbook([row]), "x.xlsx": sammWorkbook([]) };
  await withFiles(files, async (root) => assertEquals((await readDatabase("samm", root)).entries.length, 1));
});
