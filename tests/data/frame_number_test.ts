import { assertEquals } from "@std/assert";
import { frameNumber } from "../../lib/data/mod.ts";

Deno.test("frameNumber() takes the last digits before the extension", () => {
  const names = {
    "12.png": 12,
    "s3_046.jpg": 46,
    "reg_img007.bmp": 7,
    "a1b.png": 1,
    "onset.png": null,
    "5": 5,
    "x.mp4": null,
  };
  for (const [name, number] of Object.entries(names)) assertEquals(frameNumber(name), number, name);
});
