import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { scaleFlow } from "../../lib/data/_scale_flow.ts";

const fixed = { method: "farneback", size: 1, scaling: "fixed", range: 2, strainRange: .5 } as const;
const minmax = { ...fixed, scaling: "minmax" } as const;

Deno.test("scaleFlow() fixed is 128 + 127 u / range and 255 strain / strainRange, clamped", () => {
  const values = Float32Array.of(0, 1, .1, -2, 2, .5, -9, 9, 3);
  assertEquals(scaleFlow(values, fixed), Uint8Array.of(128, 192, 51, 1, 255, 255, 1, 255, 255)); // 191.5 to even
});

Deno.test("scaleFlow() fixed takes -u to 256 - byte, whatever u", () => {
  fc.assert(fc.property(fc.float({ noNaN: true, min: -4, max: 4 }), (u) => {
    const [plus, , , minus] = scaleFlow(Float32Array.of(u, 0, 0, -u, 0, 0), fixed);
    assertEquals(minus, 256 - plus!);
  }));
});

Deno.test("scaleFlow() minmax stretches each channel over the clip, and a constant one is 0", () => {
  const values = Float32Array.of(-1, 5, 0, 0, 5, .1, 1, 5, .4);
  assertEquals(scaleFlow(values, minmax), Uint8Array.of(0, 0, 0, 128, 0, 64, 255, 0, 255)); // 127.5 to even
});
