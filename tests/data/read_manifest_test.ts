import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readManifest } from "../../lib/data/mod.ts";
import { withFolder } from "./_util/folder.ts";

const HEADER = "id,database,subject,label,kind,path,onset,apex,offset,fps";
const read = async (text: string | Uint8Array) => {
  let rows: Awaited<ReturnType<typeof readManifest>> = [];
  let at = "";
  await withFolder({ "m.csv": text }, async (folder) => {
    at = folder;
    rows = await readManifest(join(folder, "m.csv"));
  });
  return { rows, folder: at };
};

Deno.test("readManifest() reads every field and resolves paths against its folder", async () => {
  const { rows, folder } = await read(`${HEADER}\nc1,casme2,sub01,happy,micro,clips/c1,46,59.0,86,200\n`);
  assertEquals(rows, [{
    id: "c1",
    database: "casme2",
    subject: "sub01",
    label: "happy",
    kind: "micro",
    path: join(folder, "clips/c1"),
    onset: 46,
    apex: 59,
    offset: 86,
    fps: 200,
    file: join(folder, "m.csv"),
    line: 2,
  }]);
});

Deno.test("readManifest() takes BOM, CRLF, quotes, blank lines, lines of commas and a missing last newline", async () => {
  const text = `\ufeff${HEADER}\r\n"a ""1"", x",db,s1,"happy",micro,"clips, raw/a",,,,\r\n\r\n,,,,,,,,,\r\n` +
    `b,db,s1,sad,macro,clips\\b,,,, 29.97`;
  const { rows, folder } = await read(text);
  assertEquals(rows.map((row) => [row.id, row.kind, row.path, row.onset, row.fps, row.line]), [
    ['a "1", x', "micro", join(folder, "clips, raw/a"), null, null, 2],
    ["b", "macro", join(folder, "clips/b"), null, 29.97, 5],
  ]);
});

Deno.test("readManifest() takes columns in any order, further columns, and none of the optional ones", async () => {
  const { rows } = await read("path,kind,label,subject,database,id,notes\nx,micro,l,s,d,c,seen\n");
  assertEquals([rows[0]!.id, rows[0]!.label, rows[0]!.offset], ["c", "l", null]);
});

Deno.test("readManifest() names file, line and field of what is wrong", async () => {
  const row = (fields: Record<string, string>) => {
    const all: Record<string, string> = {
      id: "c2",
      database: "d",
      subject: "s",
      label: "l",
      kind: "micro",
      path: "p",
      ...fields,
    };
    return `${HEADER}\nc1,d,s,l,micro,p,,,,\n${HEADER.split(",").map((name) => all[name] ?? "").join(",")}\n`;
  };
  const cases: [string | Uint8Array, typeof SyntaxError | typeof RangeError, string][] = [
    ["", SyntaxError, "expected a header row, got an empty file"],
    [`${HEADER}\n`, SyntaxError, "expected at least one clip, got the header alone"],
    [`${HEADER.replaceAll(",", ";")}\n`, SyntaxError, "expected commas between the columns, got semicolons"],
    [`${HEADER.replaceAll(",", "\t")}\n`, SyntaxError, "expected commas between the columns, got tabs"],
    ["id,database,subject,path\n1,2,3,4\n", SyntaxError, "missing label, kind"],
    [`${HEADER},id\n`, SyntaxError, "expected every column once"],
    [`${HEADER}\nc1,d\n`, SyntaxError, "line 2"],
    [`${HEADER}\n"c1,d\n`, SyntaxError, "Cannot read manifest"],
    [Uint8Array.of(0x69, 0xff, 0xfe), SyntaxError, "expected UTF-8 text"],
    [row({ kind: "mini" }), RangeError, 'line 3, kind: expected micro or macro, got "mini"'],
    [row({ id: "c1" }), RangeError, 'line 3, id: expected every id once, got "c1" of line 2 again'],
    [row({ id: "" }), SyntaxError, "line 3, id: expected text, got an empty field"],
    [row({ label: "" }), SyntaxError, "line 3, label: expected text"],
    [row({ subject: "" }), SyntaxError, "line 3, subject: expected text"],
    [row({ database: "" }), SyntaxError, "line 3, database: expected text"],
    [row({ database: "a/b" }), RangeError, 'line 3, database: expected a name without "/"'],
    [row({ path: "" }), SyntaxError, "line 3, path: expected text"],
    [row({ onset: "x" }), SyntaxError, 'line 3, onset: expected a frame number, got "x"'],
    [row({ apex: "/" }), SyntaxError, "line 3, apex: expected a frame number"],
    [row({ offset: "-3" }), SyntaxError, "line 3, offset: expected a frame number"],
    [row({ onset: "1.5" }), SyntaxError, "line 3, onset: expected a frame number"],
    [row({ fps: "0" }), SyntaxError, "line 3, fps: expected a positive number"],
    [row({ onset: "9", apex: "8" }), RangeError, "line 3, apex: expected onset <= apex, got 9 > 8"],
    [row({ apex: "8", offset: "7" }), RangeError, "line 3, offset: expected apex <= offset, got 8 > 7"],
    [row({ onset: "8", offset: "7" }), RangeError, "line 3, offset: expected onset <= offset"],
  ];
  for (const [text, type, message] of cases) await assertRejects(() => read(text), type, message);
  await assertRejects(() => readManifest("/nowhere/m.csv"), Deno.errors.NotFound, "read manifest /nowhere/m.csv");
});

Deno.test("readManifest() refuses paths that leave its folder, and keeps those that come back", async () => {
  for (const path of ["/etc", "..", "../x", "a/../../x", "a\\..\\..\\x", "\\\\host\\x", "C:\\x", "c:x"]) {
    await assertRejects(
      () => read(`${HEADER}\nc1,d,s,l,micro,${path},,,,\n`),
      RangeError,
      `line 2, path: expected a path inside the manifest's folder, got "${path}"`,
    );
  }
  const { rows, folder } = await read(`${HEADER}\nc1,d,s,l,micro,a/../b/./c,,,,\n`);
  assertEquals(rows[0]!.path, join(folder, "b/c"));
});

Deno.test("readManifest() reads a face box, with spaces or commas, and refuses half of one", async () => {
  const crops = async (crop: string) => (await read(`${HEADER},crop\nc1,db,s1,x,micro,a,,,,,${crop}\n`)).rows[0]!.crop;
  for (const text of ["10 20 200 180", '"10,20,200,180"', '"10, 20, 200, 180"']) {
    assertEquals(await crops(text), [10, 20, 200, 180]);
  }
  assertEquals(await crops(""), undefined);
  for (const text of ["10 20 200", "10 20 200 -1", "1.5 2 3 4", "a b c d"]) {
    await assertRejects(
      () => crops(text),
      SyntaxError,
      `line 2, crop: expected x y w h in whole pixels, got "${text}"`,
    );
  }
});

Deno.test("readManifest() keeps what a coder wrote, where the column is there", async () => {
  const text = `${HEADER},Action_Units\na,db,s1,x,micro,a,,,,,"L12 or L14, 4 "\nb,db,s1,x,micro,a,,,,,\n`;
  const { rows } = await read(text);
  assertEquals(rows.map(({ actionUnits }) => actionUnits), ["L12 or L14, 4", undefined]);
});

Deno.test("readManifest() trims fields of every kind of space, quoted or not, but not a quoted path", async () => {
  const header = HEADER.replace("label", "\u00a0Label\u3000");
  const { rows, folder } = await read(`${header}\n"a ",db,s1\u00a0,"happy\u3000", micro ,"a ",\ufeff4,"5\u00a0",6,\n`);
  const { id, subject, label, kind, path, onset, apex, offset } = rows[0]!;
  assertEquals([id, subject, label, kind, path], ["a", "s1", "happy", "micro", join(folder, "a ")]);
  assertEquals([onset, apex, offset], [4, 5, 6]);
});
