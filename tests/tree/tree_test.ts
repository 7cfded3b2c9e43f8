import { assertEquals, assertThrows } from "@std/assert";
import { flattenTree, mapTree, type Tree, unflattenTree, zipTrees } from "../../lib/tree/mod.ts";

class Leaf {
  constructor(readonly value: number) {}
}

/** Trees and their leaves in order. */
const TREES: readonly (readonly [string, Tree<unknown>, [string, unknown][]])[] = [
  ["nothing", {}, []],
  ["numbers", { b: 1, a: { d: 2, c: { e: 3 } } }, [["b", 1], ["a.d", 2], ["a.c.e", 3]]],
  ["typed arrays", { w: Float32Array.of(1, 2) }, [["w", Float32Array.of(1, 2)]]],
  ["instances of a class", { x: { y: new Leaf(1) } }, [["x.y", new Leaf(1)]]],
  ["tensors at rest", { x: { shape: [2], data: 1 } }, [["x", { shape: [2], data: 1 }]]],
  ["a branch named shape", { shape: { data: 1 } }, [["shape.data", 1]]],
];

for (const [what, tree, leaves] of TREES) {
  Deno.test(`flattenTree() of ${what} lists the leaves in order, and unflattenTree() undoes it`, () => {
    assertEquals(flattenTree(tree), leaves);
    assertEquals(unflattenTree(leaves), tree);
    assertEquals(
      mapTree(tree, (leaf, path) => [path, leaf]),
      unflattenTree(leaves.map(([path, leaf]) => [path, [path, leaf]])),
    );
  });
}

for (
  const [path, message] of [
    ["", "is no valid path"],
    ["a..b", "is no valid path"],
    ["a.", "is no valid path"],
    ["__proto__.alpha", "is no valid path"],
    ["a.__proto__", "is no valid path"],
    ["head.w", '"head.w" appears twice'],
    ["head", '"head" appears twice'],
    ["head.w.x", '"head.w.x" passes through a leaf'],
  ] as const
) {
  Deno.test(`unflattenTree() refuses the path "${path}" beside head.w`, () => {
    assertThrows(() => unflattenTree([["head.w", 1], [path, 2]]), RangeError, message);
    assertEquals(({} as { alpha?: number }).alpha, undefined);
  });
}

Deno.test("unflattenTree() takes names that objects inherit for names", () => {
  assertEquals(flattenTree(unflattenTree([["toString.x", 1], ["constructor", 2]])), [["toString.x", 1], [
    "constructor",
    2,
  ]]);
});

Deno.test("zipTrees() joins by path, in the first tree's order", () => {
  const order: string[] = [];
  const joined = zipTrees({ a: 1, b: { c: 2 } }, { b: { c: 20 }, a: 10 }, (x, y, path) => {
    order.push(path);
    return x + y;
  });
  assertEquals(joined, { a: 11, b: { c: 22 } });
  assertEquals(order, ["a", "b.c"]);
});

Deno.test("zipTrees() refuses trees of other paths, naming them", () => {
  const add = (x: number, y: number) => x + y;
  assertThrows(() => zipTrees({ a: 1, b: 2 }, { a: 1 }, add), TypeError, "Cannot join trees: paths differ at b");
  assertThrows(() => zipTrees({ a: 1 }, { a: 1, c: { d: 2 } }, add), TypeError, "paths differ at c.d");
});
