import { assertEquals, assertThrows } from "@std/assert";
import { readImageSize } from "../../lib/data/mod.ts";
import { bmp, greyJpeg, png } from "./_util/pictures.ts";

Deno.test("readImageSize() reads the header alone, of each format", () => {
  assertEquals(readImageSize(png({ width: 70_000, height: 3 }, []).slice(0, 33)), {
    format: "png",
    width: 70_000,
    height: 3,
  });
  const jpeg = greyJpeg({ width: 640, height: 480 });
  assertEquals(readImageSize(jpeg.slice(0, 90)), { format: "jpeg", width: 640, height: 480 });
  assertEquals(readImageSize(bmp({ width: 5, height: -7, depth: 24 }, [])), { format: "bmp", width: 5, height: 7 });
});

Deno.test("readImageSize() works on a view into a larger buffer", () => {
  const file = png({ width: 4, height: 6 }, []);
  const buffer = new Uint8Array(file.length + 11);
  buffer.set(file, 11);
  assertEquals(readImageSize(buffer.subarray(11)).height, 6);
});

Deno.test("readImageSize() refuses other bytes and broken headers, naming the picture", () => {
  assertThrows(() => readImageSize(new Uint8Array(0), "clip 3"), SyntaxError, "Cannot decode clip 3: expected a PNG");
  assertThrows(() => readImageSize(greyJpeg().slice(0, 60), "cut.jpg"), SyntaxError, "expected a JPEG frame header");
  const bare = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0);
  assertThrows(() => readImageSize(bare), SyntaxError, "segment of 2 bytes or more, got 1");
});
