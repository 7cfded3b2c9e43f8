import { assertEquals, assertThrows } from "@std/assert";
import { flattenWeights, type StoredTensor, unflattenWeights } from "../../lib/storage/mod.ts";
import { modelWeights } from "../_util/model_card.ts";

const t: StoredTensor = { dtype: "U8", shape: [1], data: new Uint8Array([1]) };

Deno.test("flattenWeights() takes tensors for leaves, and unflattenWeights() undoes it", () => {
  const flat = flattenWeights(modelWeights());
  assertEquals(Object.keys(flat), ["params.head.means", "stats.count"]);
  assertEquals(unflattenWeights(flat), modelWeights());
});

Deno.test("flattenWeights() takes branches named like a tensor's fields for branches", () => {
  const tree = { dtype: t, shape: { data: t } };
  assertEquals(flattenWeights(tree), { dtype: t, "shape.data": t });
});

Deno.test("unflattenWeights() refuses a path through a tensor and unsafe names", () => {
  assertThrows(() => unflattenWeights({ a: t, "a.shape": t }), RangeError, "passes through a leaf");
  assertThrows(() => unflattenWeights({ "a.__proto__.b": t }), RangeError, "no valid path");
});
