import { assertEquals, assertThrows } from "@std/assert";
import { decodePacked, encodePacked, type PackedClipSet } from "../../lib/data/mod.ts";
import { clipSet } from "./_util/clip_set.ts";

const packed = encodePacked(clipSet([["a/1", "x", 2, "micro"], ["b/1", "y", 1, "macro"]]));
const decode = (tensors: object, metadata: object) =>
  decodePacked(
    { ...packed.tensors, ...tensors } as PackedClipSet["tensors"],
    { ...packed.metadata, ...metadata } as PackedClipSet["metadata"],
    { name: "faces.safetensors" },
  );

Deno.test("decodePacked() takes indices of either integer type and ignores further tensors and metadata", () => {
  const set = decode({ labels: { dtype: "U8", shape: [3], data: Uint8Array.of(1, 0, 1) }, extra: {} }, { note: "x" });
  assertEquals(set.labels, Int32Array.of(1, 0, 1));
});

Deno.test("decodePacked() refuses every way a packed set can be wrong, naming file and field", () => {
  const recipe = JSON.parse(packed.metadata.recipe!);
  const index = (...data: number[]) => ({ dtype: "I32", shape: [data.length], data: Int32Array.from(data) });
  type Case = [object, object, typeof SyntaxError | typeof RangeError | typeof TypeError, string];
  const cases: Case[] = [
    [{}, { format: "pt" }, SyntaxError, 'expected format lightmannet-clips, got "pt"'],
    [{}, { formatVersion: "2" }, RangeError, 'expected format version 1, got "2"'],
    [{}, { classes: "x,y" }, SyntaxError, "metadata classes as JSON"],
    [{}, { classes: '{"x":1}' }, SyntaxError, "metadata classes as a list of names"],
    [{}, { classes: '["x","x"]' }, RangeError, "every name of classes once"],
    [{}, { classes: '["y","x"]' }, RangeError, "expected sorted classes"],
    [{}, { subjects: '["a/1","b"]' }, RangeError, 'database/subject, got "b"'],
    [{}, { kinds: '["micro","mini"]' }, RangeError, "kinds micro and macro"],
    [{}, { ids: '["c0","c1"]' }, TypeError, "tensor clips, U8 [2, 1, 1, 1, 1], got U8 [3, 1, 1, 1, 1]"],
    [{}, { recipe: "null" }, RangeError, "expected recipe.frames"],
    [{}, { recipe: JSON.stringify({ ...recipe, size: 2 }) }, TypeError, "tensor clips"],
    [{}, { recipe: JSON.stringify({ ...recipe, align: true }) }, RangeError, "unknown recipe fields align"],
    [{ clips: undefined }, {}, TypeError, "tensor clips, U8 [3, 1, 1, 1, 1], got none"],
    [{ clips: { dtype: "U8", shape: [3, 1, 1, 1, 1], data: new Uint8Array(2) } }, {}, TypeError, "tensor clips"],
    [{ clips: { dtype: "F32", shape: [3, 1, 1, 1, 1], data: new Float32Array(3) } }, {}, TypeError, "got F32"],
    [{ labels: index(0, 1) }, {}, TypeError, "tensor labels, I32 or U8 [3], got I32 [2]"],
    [{ labels: index(0, 2, 1) }, {}, RangeError, "labels from 0 to 1, got 2 of c1"],
    [{ subjects: index(0, 0, -1) }, {}, RangeError, "subjects from 0 to 1, got -1 of c2"],
    [{ kinds: index(0, 0, 2) }, {}, RangeError, "kinds from 0 to 1, got 2 of c2"],
  ];
  for (const [tensors, metadata, type, message] of cases) {
    const error = assertThrows(() => decode(tensors, metadata), type, message);
    assertEquals(error.message.startsWith("Cannot read faces.safetensors: "), true);
  }
  assertThrows(() => decodePacked({}, {}), SyntaxError, "Cannot read packed data set: expected format");
});

Deno.test("decodePacked() reads recipes with and without the later fields, and refuses what it does not know", () => {
  const set = clipSet([["a/1", "x", 2, "micro"]]);
  const flow = { method: "farneback", size: 4, scaling: "minmax", range: 1, strainRange: 1 } as const;
  const recipe = {
    ...set.recipe,
    ...{ channels: 3, input: "flow", window: "onset-apex", missingApex: "motion", amplify: 2, flow } as const,
  };
  const { tensors, metadata } = encodePacked({ ...set, recipe, clips: new Uint8Array(6) });
  assertEquals(decodePacked(tensors, metadata).recipe, recipe);
  assertEquals(decodePacked(packed.tensors, packed.metadata).recipe, set.recipe);
  for (
    const [change, message] of [
      [{ flow: { ...flow, warps: 3 } }, "unknown recipe fields flow.warps"],
      [{ flow: undefined }, "expected recipe.flow beside input flow"],
      [{ flow: null }, "expected recipe.flow"],
      [{ window: "all" }, "expected recipe.window clip or onset-apex, got all"],
      [{ amplify: "2" }, "expected recipe.amplify above 0, got 2"],
    ] as const
  ) {
    const changed = { ...metadata, recipe: JSON.stringify({ ...recipe, ...change }) };
    assertThrows(() => decodePacked(tensors, changed), RangeError, message);
  }
});
