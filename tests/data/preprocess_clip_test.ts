import { assert, assertEquals, assertRejects } from "@std/assert";
import { preprocessClip, type RawImage, type Recipe } from "../../lib/data/mod.ts";

const recipe = (fields: Partial<Recipe>): Recipe => ({
  frames: 1,
  size: 2,
  channels: 1,
  input: "frames",
  time: "tim",
  ...fields,
});
const grey = (width: number, height: number, ...data: number[]): RawImage => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(data),
});

Deno.test("preprocessClip() leaves a frame of the model's shape as it is", async () => {
  const frame = grey(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  assertEquals(await preprocessClip([frame], recipe({ size: 3 })), frame.data);
});

Deno.test("preprocessClip() averages areas when it shrinks", async () => {
  const whole = grey(4, 4, 0, 4, 10, 10, 8, 12, 10, 10, 1, 1, 20, 40, 1, 1, 60, 80);
  assertEquals(await preprocessClip([whole], recipe({})), Uint8Array.of(6, 10, 1, 50));
  // 3 → 2: each output pixel covers one and a half: (2·1 + 1·½) / 1.5
  const row = grey(3, 1, 90, 30, 60);
  assertEquals(await preprocessClip([row], recipe({})), Uint8Array.of(70, 50, 70, 50));
});

Deno.test("preprocessClip() interpolates between pixel centres when it grows, edges repeated", async () => {
  assertEquals(
    await preprocessClip([grey(2, 1, 0, 100)], recipe({ size: 4 })),
    Uint8Array.of(...new Array(4).fill([0, 25, 75, 100]).flat()),
  );
});

Deno.test("preprocessClip() takes luma by Rec. 601 and widens grey", async () => {
  const colour: RawImage = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 100, 10) };
  assertEquals(await preprocessClip([colour], recipe({ size: 1 })), Uint8Array.of(136)); // 76.245 + 58.7 + 1.14
  assertEquals(await preprocessClip([grey(1, 1, 7)], recipe({ size: 1, channels: 3 })), Uint8Array.of(7, 7, 7));
  assertEquals(await preprocessClip([colour], recipe({ size: 1, channels: 3 })), colour.data);
});

Deno.test("preprocessClip() keeps colours apart while it resizes", async () => {
  const data = Uint8Array.of(10, 20, 30, 30, 40, 50);
  const frame: RawImage = { width: 2, height: 1, channels: 3, data };
  assertEquals(await preprocessClip([frame], recipe({ size: 1, channels: 3 })), Uint8Array.of(20, 30, 40));
});

Deno.test("preprocessClip() cuts the box out of every frame before it resizes", async () => {
  const frames = [0, 100].map((base) => grey(3, 2, ...[1, 2, 3, 4, 5, 6].map((x) => base + x)));
  assertEquals(
    await preprocessClip(frames, recipe({ frames: 2 }), { crop: [1, 0, 2, 2] }),
    Uint8Array.of(2, 3, 5, 6, 102, 103, 105, 106),
  );
});

Deno.test("preprocessClip() tim overshoots, clamps and rounds once at the end", async () => {
  const frames = [0, 0, 200].map((value) => grey(1, 1, value));
  // The fourth weight row of n = 3, M = 5 mirrors the second: (-.122008, .666667, .455342).
  assertEquals(await preprocessClip(frames, recipe({ frames: 5, size: 1 })), Uint8Array.of(0, 0, 0, 91, 200));
  const falling = [200, 0, 0].map((value) => grey(1, 1, value));
  assertEquals(await preprocessClip(falling, recipe({ frames: 5, size: 1 })), Uint8Array.of(200, 91, 0, 0, 0));
});

Deno.test("preprocessClip() repeats a single frame, and takes the middle frame for M = 1", async () => {
  for (const time of ["tim", "linear", "nearest"] as const) {
    const one = await preprocessClip([grey(1, 1, 9)], recipe({ frames: 3, size: 1, time }));
    assertEquals(one, Uint8Array.of(9, 9, 9));
    const three = [1, 50, 200].map((value) => grey(1, 1, value));
    assertEquals(await preprocessClip(three, recipe({ frames: 1, size: 1, time })), Uint8Array.of(50));
  }
});

Deno.test("preprocessClip() reads one frame at a time, in order, and only those that count", async () => {
  const seen: number[] = [];
  let open = 0;
  const source = {
    length: 9,
    async read(index: number) {
      assertEquals(++open, 1);
      await Promise.resolve();
      open--;
      seen.push(index);
      return grey(1, 1, index);
    },
  };
  await preprocessClip(source, recipe({ frames: 3, size: 1, time: "nearest" }));
  assertEquals(seen, [0, 4, 8]);
  seen.length = 0;
  const out = await preprocessClip(source, recipe({ frames: 4, size: 1, time: "tim" }));
  assertEquals(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert(out[0] === 0 && out[3] === 8);
});

Deno.test("preprocessClip() resizes frames of several sizes each by itself, grey among colour too", async () => {
  const small = grey(1, 1, 50);
  const wide = grey(4, 2, 0, 20, 100, 120, 0, 20, 100, 120);
  const colour: RawImage = { width: 1, height: 2, channels: 3, data: Uint8Array.of(9, 9, 9, 70, 70, 70) };
  const fields = { frames: 4, size: 2, time: "linear" } as const;
  const mixed = await preprocessClip([small, wide, colour, wide], recipe(fields));
  const each = await Promise.all([small, wide, colour, wide].map((frame) => preprocessClip([frame], recipe({}))));
  assertEquals(mixed, Uint8Array.from(each.flatMap((bytes) => [...bytes])));
  assertEquals([...mixed.slice(4, 12)], [10, 110, 10, 110, 9, 9, 70, 70]);
  const motion = { ...recipe({ window: "onset-apex" }), missingApex: "motion" } as const;
  assertEquals(await preprocessClip([small, small, wide], motion), Uint8Array.of(10, 110, 10, 110));
});

Deno.test("preprocessClip() refuses empty clips, a box in several sizes, boxes outside and impossible recipes", async () => {
  await assertRejects(() => preprocessClip([], recipe({})), RangeError, "at least one frame");
  await assertRejects(
    () => preprocessClip([grey(1, 1, 0), grey(2, 1, 0, 0)], recipe({ frames: 2 }), { crop: [0, 0, 1, 1] }),
    RangeError,
    "Cannot crop the clip: expected frames of one size, 1 x 1, got 2 x 1 in frame 1",
  );
  for (const crop of [[0, 0, 3, 1], [-1, 0, 1, 1], [0, 0, 0, 1], [0.5, 0, 1, 1], [0, 1, 1, 1]] as const) {
    await assertRejects(
      () => preprocessClip([grey(2, 1, 0, 0)], recipe({}), { crop: [...crop] }),
      RangeError,
      `expected a box in 2 x 1 pixels, got [${crop.join(", ")}]`,
    );
  }
  for (const fields of [{ frames: 0 }, { size: 1.5 }, { channels: 2 as 1 }, { time: "cubic" as "tim" }]) {
    await assertRejects(() => preprocessClip([grey(1, 1, 0)], recipe(fields)), RangeError, "expected recipe.");
  }
});
