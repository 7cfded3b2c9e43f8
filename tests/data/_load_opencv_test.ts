import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { loadOpenCv } from "../../lib/data/_load_opencv.ts";
import { preprocessClip } from "../../lib/data/mod.ts";

Deno.test("OpenCV is loaded for flow only, once, and leaves the process's error handlers as they were", async () => {
  const listen = process.on;
  let claims = 0; // the build claims error handlers as it loads
  process.on = ((...args: Parameters<typeof listen>) => (claims++, listen.apply(process, args))) as typeof listen;
  try {
    const frames = [1, 2, 3].map((x) => ({
      ...{ width: 1, height: 1, channels: 1 as const },
      data: Uint8Array.of(x),
    }));
    const recipe = { frames: 2, size: 2, channels: 1, input: "difference", time: "tim", window: "onset-apex" } as const;
    await preprocessClip(frames, recipe, { trimmed: false });
    assertEquals(claims, 0);
    const { cv } = await loadOpenCv();
    assert(claims > 0);
    for (const event of ["uncaughtException", "unhandledRejection"]) {
      assertEquals(process.listeners(event as "exit"), []);
    }
    assertEquals((await loadOpenCv()).cv, cv);
  } finally {
    process.on = listen;
  }
});
