import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { encode as encodeBmp } from "fast-bmp";
import fc from "fast-check";
import { encode as encodePng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { decodeImage } from "../../lib/data/mod.ts";
import { bmp, greyJpeg, join, png, pngChunk } from "./_util/pictures.ts";

Deno.test("decodeImage() gives back what a PNG encoder was given", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(1, 2, 3, 4),
      fc.constantFrom("null" as const, "Adam7" as const),
      fc.infiniteStream(fc.nat(255)),
      async (width, height, stored, interlace, values) => {
        const data = Uint8Array.from({ length: width * height * stored }, () => values.next().value);
        const image = await decodeImage(encodePng({ width, height, channels: stored, data }, { interlace }), "a.png");
        const channels = stored < 3 ? 1 : 3;
        assertEquals([image.width, image.height, image.channels], [width, height, channels]);
        assertEquals(Array.from(image.data), Array.from(data).filter((_, i) => i % stored < channels));
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

Deno.test("decodeImage() scales 16 bits to 8 and spreads 1, 2 and 4 bits over 0 to 255", async () => {
  const deep = encodePng({
    width: 3,
    height: 1,
    channels: 1,
    depth: 16,
    data: Uint16Array.of(0, 257 * 128 + 100, 65535),
  });
  assertEquals((await decodeImage(deep, "deep.png")).data, Uint8Array.of(0, 128, 255));
  const bits = await decodeImage(png({ width: 3, height: 2, depth: 1 }, [0, 0b10100000, 0, 0b01000000]), "1.png");
  assertEquals(bits.data, Uint8Array.of(255, 0, 255, 0, 255, 0));
  const pairs = await decodeImage(png({ width: 5, height: 1, depth: 2 }, [0, 0b00011011, 0b10000000]), "2.png");
  assertEquals(pairs.data, Uint8Array.of(0, 85, 170, 255, 170));
  assertEquals(
    (await decodeImage(png({ width: 2, height: 1, depth: 4 }, [0, 0xf1]), "4.png")).data,
    Uint8Array.of(255, 17),
  );
});

Deno.test("decodeImage() reads interlaced PNG of less than 8 bits", async () => {
  // Adam7 of 3 x 2 pixels: passes 1, 4 (column 2 of row 0), 6 (column 1) and 7 (row 1), a filter byte each row.
  const rows = [0, 0x10, 0, 0x30, 0, 0x20, 0, 0x45, 0x60];
  const image = await decodeImage(png({ width: 3, height: 2, depth: 4, interlace: 1 }, rows), "a.png");
  assertEquals(image.data, Uint8Array.of(17, 34, 51, 68, 85, 102));
});

Deno.test("decodeImage() undoes all five row filters as the encoder's author meant them", async () => {
  const rows = [[0, 10, 20, 30], [1, 1, 2, 3], [2, 5, 5, 5], [3, 1, 1, 1], [4, 1, 2, 3]];
  const image = await decodeImage(png({ width: 3, height: 5 }, rows.flat()), "filters.png");
  // By hand: left 1,3,6; up 6,8,11; average 1+3, 1+(4+8)/2, 1+(7+11)/2; Paeth 1+4, 2+7, 3+10.
  assertEquals([...image.data], [10, 20, 30, 1, 3, 6, 6, 8, 11, 4, 7, 10, 5, 9, 13]);
});

Deno.test("decodeImage() looks palettes up, a palette of greys gives one channel", async () => {
  const colour = pngChunk("PLTE", Uint8Array.of(1, 2, 3, 40, 50, 60));
  const picture = await decodeImage(png({ width: 3, height: 1, colourType: 3 }, [0, 1, 0, 1], colour), "p.png");
  assertEquals([picture.channels, Array.from(picture.data)], [3, [40, 50, 60, 1, 2, 3, 40, 50, 60]]);
  const packed = await decodeImage(
    png({ width: 3, height: 1, depth: 1, colourType: 3 }, [0, 0b01000000], colour),
    "q.png",
  );
  assertEquals(Array.from(packed.data), [1, 2, 3, 40, 50, 60, 1, 2, 3]);
  const grey = pngChunk("PLTE", Uint8Array.of(9, 9, 9, 70, 70, 70));
  const flat = await decodeImage(png({ width: 2, height: 1, colourType: 3 }, [0, 1, 0], grey), "g.png");
  assertEquals([flat.channels, Array.from(flat.data)], [1, [70, 9]]);
});

Deno.test("decodeImage() reads colour and grey JPEG", async () => {
  const data = new Uint8Array(16 * 8 * 4);
  for (let i = 0; i < 128; i++) data.set(i % 16 < 8 ? [200, 40, 90, 255] : [20, 180, 60, 255], 4 * i);
  const image = await decodeImage(new Uint8Array(encodeJpeg({ width: 16, height: 8, data }, 95).data), "a.jpg");
  assertEquals([image.width, image.height, image.channels], [16, 8, 3]);
  [200, 40, 90].forEach((value, c) => assertAlmostEquals(image.data[c]!, value, 3));
  [20, 180, 60].forEach((value, c) => assertAlmostEquals(image.data[3 * 127 + c]!, value, 3));
  assertEquals(await decodeImage(greyJpeg(), "grey.jpg"), {
    width: 8,
    height: 8,
    channels: 1,
    data: new Uint8Array(64).fill(128),
  });
});

Deno.test("decodeImage() reads BMP of 24 and 8 bits, from the bottom and from the top", async () => {
  const data = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => i);
  const encoded = encodeBmp({ width: 5, height: 3, channels: 3, components: 3, bitsPerPixel: 24, data });
  assertEquals(await decodeImage(encoded, "a.bmp"), { width: 5, height: 3, channels: 3, data });
  const rows = [1, 0, 1, 0, /* next row up */ 0, 0, 1, 0];
  const palette = [[10, 20, 30], [200, 210, 220]];
  const colour = await decodeImage(bmp({ width: 3, height: 2, depth: 8, palette }, rows), "p.bmp");
  assertEquals(Array.from(colour.data.subarray(0, 9)), [10, 20, 30, 10, 20, 30, 200, 210, 220]);
  const grey = [[5, 5, 5], [6, 6, 6]];
  assertEquals(await decodeImage(bmp({ width: 3, height: 2, depth: 8, palette: grey }, rows), "g.bmp"), {
    width: 3,
    height: 2,
    channels: 1,
    data: Uint8Array.of(5, 5, 6, 6, 5, 6),
  });
  assertEquals(
    (await decodeImage(bmp({ width: 3, height: -2, depth: 8, palette: grey }, rows), "t.bmp")).data,
    Uint8Array.of(6, 5, 6, 5, 5, 6),
  );
  assertEquals(
    (await decodeImage(bmp({ width: 1, height: 1, depth: 24 }, [3, 2, 1]), "tiny.bmp")).data,
    Uint8Array.of(1, 2, 3),
  );
});

Deno.test("decodeImage() tells the format by the bytes, not by the name", async () => {
  assertEquals((await decodeImage(greyJpeg(), "frame.png")).width, 8);
  await assertRejects(
    () => decodeImage(new TextEncoder().encode("GIF89a, not a frame"), "frame.png"),
    SyntaxError,
    "Cannot decode frame.png: expected a PNG, JPEG or BMP picture",
  );
});

Deno.test("decodeImage() refuses every truncation of every format with a SyntaxError naming the file", async () => {
  const noise = Uint8Array.from({ length: 48 }, (_, i) => (i * 77) & 255);
  const files = [
    encodePng({ width: 4, height: 4, channels: 3, data: noise }),
    new Uint8Array(encodeJpeg({ width: 4, height: 4, data: join(noise, noise.subarray(0, 16)) }, 80).data),
    bmp({ width: 4, height: 4, depth: 24 }, noise),
    greyJpeg(),
  ];
  for (const file of files) {
    await decodeImage(file, "whole");
    for (let length = 0; length < file.length; length++) {
      await assertRejects(() => decodeImage(file.slice(0, length), "cut"), SyntaxError, "Cannot decode cut: ");
    }
  }
});

Deno.test("decodeImage() answers flipped bytes with a picture or a SyntaxError, nothing else", async () => {
  const noise = Uint8Array.from({ length: 48 }, (_, i) => (i * 77) & 255);
  const files = [
    encodePng({ width: 4, height: 4, channels: 3, data: noise }),
    new Uint8Array(encodeJpeg({ width: 4, height: 4, data: join(noise, noise.subarray(0, 16)) }, 80).data),
    bmp({ width: 4, height: 4, depth: 8, palette: [[1, 1, 1], [2, 2, 2]] }, new Array(16).fill(1)),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      async (file, flips) => {
        const bytes = file.slice();
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        try {
          const image = await decodeImage(bytes, "flipped", { maxPixels: 1e5 });
          assertEquals(image.data.length, image.width * image.height * image.channels);
        } catch (error) {
          // RangeError only says that the header claims too many pixels.
          if (
            !(error instanceof SyntaxError) && !(error as Error).message.includes("at most 100000 pixels")
          ) throw error;
        }
      },
    ),
    { numRuns: 600, seed: 2 },
  );
});

Deno.test("decodeImage() checks the size on the header, before it decodes", async () => {
  const claim = png({ width: 100_000, height: 100_000 }, [0]);
  await assertRejects(() => decodeImage(claim, "big.png"), RangeError, "at most 40000000 pixels, got 100000 x 100000");
  await assertRejects(() => decodeImage(greyJpeg(), "a.jpg", { maxPixels: 63 }), RangeError, "at most 63 pixels");
});

Deno.test("decodeImage() does not inflate more than the header's size", async () => {
  const bomb = png({ width: 2, height: 2 }, new Uint8Array(50_000_000));
  await assertRejects(() => decodeImage(bomb, "bomb.png"), SyntaxError, "Cannot decode bomb.png");
  const profile = pngChunk("iCCP", new Uint8Array(100)); // a broken profile is never unpacked
  assertEquals((await decodeImage(png({ width: 1, height: 1 }, [0, 7], profile), "a.png")).data, Uint8Array.of(7));
});

Deno.test("decodeImage() names what a broken header holds", async () => {
  const cases: [Uint8Array, string][] = [
    [png({ width: 0, height: 1 }, [0]), "expected a PNG with pixels, got 0 x 1"],
    [png({ width: 1, height: 1, depth: 3 }, [0, 0]), "got type 0 with 3 bits"],
    [png({ width: 1, height: 1, colourType: 5 }, [0, 0]), "got type 5 with 8 bits"],
    [png({ width: 1, height: 1, interlace: 2 }, [0, 0]), "interlace method 0 or 1, got 2"],
    [png({ width: 1, height: 1 }, [5, 0]), "row filters 0 to 4, got 5"],
    [png({ width: 2, height: 2 }, [0, 1, 2]), "expected 6 bytes of PNG rows, got 3"],
    [png({ width: 1, height: 1, colourType: 3 }, [0, 0]), "palette indices below 0, got 0"],
    [greyJpeg({ precision: 12 }), "8 bits a sample, got 12"],
    [greyJpeg({ frame: 0xc3 }), "baseline or progressive JPEG, got process 3"],
    [greyJpeg({ height: 0 }), "expected a JPEG with pixels"],
    [greyJpeg({ scans: 300 }), "at most 256 JPEG scans, got 300"],
    [bmp({ width: 1, height: 1, depth: 4 }, [0, 0, 0, 0]), "1, 8, 24 or 32 bits, got 4"],
    [bmp({ width: 1, height: 1, depth: 8, compression: 1 }, [0, 0, 0, 0]), "uncompressed BMP, got compression 1"],
    [
      bmp({ width: 1, height: 1, depth: 32, compression: 3 }, [...[255, 0, 0, 0], ...new Array(12).fill(0)]),
      "BMP masks",
    ],
    [bmp({ width: 0, height: 1, depth: 24 }, [0, 0, 0, 0]), "expected a BMP with pixels"],
    [bmp({ width: 4, height: 4, depth: 8, palette: [[0, 0, 0]] }, new Array(16).fill(9)), "indices below 1, got 9"],
  ];
  for (const [bytes, message] of cases) await assertRejects(() => decodeImage(bytes, "odd"), SyntaxError, message);
});
