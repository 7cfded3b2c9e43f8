import { assertAlmostEquals, assertEquals } from "@std/assert";
import { strain } from "../../lib/data/_strain.ts";

/** Flow of a linear field u = a x + b y, v = c x + d y. */
const linear = (size: number, [a, b, c, d]: readonly [number, number, number, number]) =>
  Float32Array.from({ length: size * size * 2 }, (_, i) => {
    const [x, y] = [(i >> 1) % size, Math.floor((i >> 1) / size)];
    return i % 2 === 0 ? a * x + b * y : c * x + d * y;
  });

for (
  const [name, field, want] of [
    ["stretching", [.3, 0, 0, .4], .5],
    ["shear", [0, .2, .4, 0], Math.sqrt(.18)], // ½ (.2 + .4)²
    ["rotation", [0, .2, -.2, 0], 0],
    ["all", [.1, .2, .3, -.4], Math.sqrt(.01 + .16 + .125)],
  ] as const
) {
  Deno.test(`strain() of ${name} is √(u_x² + v_y² + ½ (u_y + v_x)²) everywhere, edges too`, () => {
    for (const value of strain(linear(5, field), 5)) assertAlmostEquals(value, want, 1e-6);
  });
}

Deno.test("strain() takes central differences inside and one-sided ones at the edges", () => {
  const flow = new Float32Array(18);
  [0, 1, 4].forEach((u, x) => [0, 1, 2].forEach((y) => flow[(y * 3 + x) * 2] = u));
  assertEquals([...strain(flow, 3)], [1, 2, 3, 1, 2, 3, 1, 2, 3]);
  assertEquals([...strain(Float32Array.of(3, 4), 1)], [0]);
});
