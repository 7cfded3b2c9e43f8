import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { type ClipEntry, readLabelSet } from "../../../lib/data/mod.ts";
import { withFolder } from "../_util/folder.ts";

const entry = (database: string, label: string): ClipEntry => ({
  ...{ id: `${database}/1/a`, database, subject: "1", label, kind: "micro", path: "/x", onset: 1, apex: 2, offset: 3 },
  ...{ fps: null, file: "/x.csv", line: 2 },
});
const mapping = async (json: unknown) => {
  let set: Awaited<ReturnType<typeof readLabelSet>>;
  const text = typeof json === "string" ? json : JSON.stringify(json);
  await withFolder({ "map.json": text }, async (folder) => void (set = await readLabelSet(`${folder}/map.json`)));
  return set!;
};

Deno.test("readLabelSet() refuses unknown names", async () => {
  await assertRejects(() => readLabelSet("3"), RangeError, 'expected native, 5, megc3 or a .json file, got "3"');
});

Deno.test("readLabelSet() of a flat mapping holds for every database, in any spelling of a label", async () => {
  const set = await mapping({ Happy: "good", others: null });
  for (const database of ["a", "b"]) {
    assertEquals(set.target(entry(database, "happiness")), { label: "good" });
    assertEquals(Object.keys(set.target(entry(database, "others"))), ["leftOut"]);
  }
});

Deno.test("readLabelSet() of a nested mapping maps each database its own way", async () => {
  const set = await mapping({ a: { x: "one" }, b: { x: "two" } });
  assertEquals([set.target(entry("a", "x")), set.target(entry("b", "x"))], [{ label: "one" }, { label: "two" }]);
  const error = assertThrows(() => set.target(entry("c", "x")), RangeError);
  assertStringIncludes(error.message, 'Cannot map c/1/a: expected its database "c"');
});

Deno.test("readLabelSet() of a mapping refuses a label it does not mention, by name", async () => {
  const set = await mapping({ anger: "bad", fear: null });
  const error = assertThrows(() => set.target(entry("a", "surprise")), RangeError);
  assertStringIncludes(error.message, 'Cannot map a/1/a: expected its label "surprise" in ');
  assertStringIncludes(error.message, "got anger, fear");
});

Deno.test("readLabelSet() refuses files that are no mapping", async () => {
  for (
    const [json, type, why] of [
      ["{", SyntaxError, "expected JSON"],
      ["[]", RangeError, "{label: class or null}"],
      ["null", RangeError, "{label: class or null}"],
      ["{}", RangeError, "at least one label"],
      [{ x: 3 }, RangeError, "at x"],
      [{ x: "" }, RangeError, "at x"],
      [{ a: { x: "y" }, b: "z" }, RangeError, "at b"],
      [{ a: { x: 1 } }, RangeError, "at a.x"],
      [{ happy: "a", happiness: "b" }, RangeError, 'one target for "happiness", got two'],
    ] as const
  ) {
    const error = await assertRejects(() => mapping(json), type);
    assertStringIncludes(error.message, "Cannot read the label mapping ");
    assertStringIncludes(error.message, why, JSON.stringify(json));
  }
  await assertRejects(() => readLabelSet("/nowhere/map.json"), Deno.errors.NotFound, "/nowhere/map.json");
});
