import { assertEquals, assertNotEquals } from "@std/assert";
import { preprocessClip, provideOpenCv, type Recipe } from "../../lib/data/mod.ts";

const recipe: Recipe = {
  ...{ frames: 1, size: 16, channels: 3, input: "flow", time: "tim" },
  flow: { method: "farneback", scaling: "fixed", size: 64, range: 0.5, strainRange: 0.25 },
};

/** A spot that lies so far to the right. */
function picture(shift: number) {
  const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => {
    const [x, y] = [i % 64 - 24 - shift, Math.floor(i / 64) - 32];
    return Math.round(200 * Math.exp(-(x * x + y * y) / 120));
  });
  return { width: 64, height: 64, channels: 1 as const, data };
}

Deno.test("provideOpenCv() computes the flow that the package's own file computes", async () => {
  const flow = () => preprocessClip([picture(0), picture(4)], recipe, { apex: 1 });
  const before = await flow();
  let asked = 0;
  provideOpenCv(async () => {
    asked++;
    return await Deno.readTextFile(new URL(import.meta.resolve("@techstark/opencv-js")));
  });
  assertEquals(await flow(), before);
  assertEquals(await flow(), before);
  assertEquals(asked, 1);
  assertNotEquals(new Set(before).size, 1);
});
