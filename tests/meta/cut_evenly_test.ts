import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutEvenly } from "../../lib/meta/mod.ts";

Deno.test("cutEvenly() keeps order and length, in as few parts as can be", () => {
  fc.assert(fc.property(fc.array(fc.integer(), { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (list, most) => {
    const parts = cutEvenly(list, most);
    assertEquals(parts.flat(), list);
    assertEquals(parts.every((part) => part.length > 0 && part.length <= most), true);
    assertEquals(parts.length, Math.ceil(list.length / most));
    assertEquals(parts.slice(0, -1).every((part) => part.length === parts[0]!.length), true);
  }));
  assertEquals(cutEvenly([1, 2, 3], Infinity), [[1, 2, 3]]);
  assertEquals(cutEvenly([], Infinity), []);
});
