import { assertEquals } from "@std/assert";
import { clipByGlobalNorm } from "../../lib/meta/mod.ts";

const GRADIENT = { conv: { w: Float32Array.of(2, -3) }, head: Float32Array.of(6) };

for (
  const [limit, expected] of [
    [null, GRADIENT],
    [8, GRADIENT],
    [7, GRADIENT],
    [3.5, { conv: { w: Float32Array.of(1, -1.5) }, head: Float32Array.of(3) }],
  ] as const
) {
  Deno.test(`clipByGlobalNorm() of a gradient of norm 7 to ${limit} scales all arrays alike, or none`, () => {
    const { gradient, norm } = clipByGlobalNorm(GRADIENT, limit);
    assertEquals(norm, 7);
    assertEquals(gradient, expected);
    assertEquals(GRADIENT.conv.w, Float32Array.of(2, -3));
  });
}

Deno.test("clipByGlobalNorm() reports a norm that is no number", () => {
  assertEquals(clipByGlobalNorm({ w: Float32Array.of(1, NaN) }, 1).norm, NaN);
  assertEquals(clipByGlobalNorm({ w: Float32Array.of(Infinity) }, null).norm, Infinity);
});
