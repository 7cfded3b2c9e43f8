import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { drawFlips } from "../../lib/training/_draw_flips.ts";

const CLIPS = Array.from({ length: 1000 }, (_, i) => 3 * i);
const place = { of: "episode", step: 4, task: 1 } as const;

Deno.test("drawFlips() takes about half of the clips, each once, and none without augmentation", () => {
  const flipped = drawFlips({ augment: "flip", seed: 0 }, [...CLIPS, ...CLIPS], place);
  assert(Math.abs(flipped.length - 500) < 80, `${flipped.length} of 1000`);
  assertEquals([...new Set(flipped)].filter((clip) => CLIPS.includes(clip)), flipped);
  assertEquals(drawFlips({ augment: "none", seed: 0 }, CLIPS, place), []);
});

Deno.test("drawFlips() draws from a stream of each batch's own, whatever the clips hold", () => {
  const draw = (changes: Partial<typeof place | { of: "mixed" }> = {}, seed = 0, augment = "flip" as const) =>
    drawFlips({ augment, seed }, CLIPS, { ...place, ...changes });
  assertEquals(draw(), draw());
  assertEquals(drawFlips({ augment: "flip-flow-minmax", seed: 0 }, CLIPS, place), draw());
  for (const other of [draw({ step: 5 } as never), draw({ task: 0 } as never), draw({ of: "mixed" }), draw({}, 1)]) {
    assertNotEquals(other, draw());
  }
});
