import { assertEquals, assertThrows } from "@std/assert";
import { appendMacro, type ClipBytes, type ClipSet, type FileClips, gatherClips } from "../../lib/data/mod.ts";

const RECIPE = { frames: 1, size: 1, channels: 3, input: "frames", time: "tim" } as const;

function setOf(clips: ClipBytes, n: number, kind: "micro" | "macro" = "micro"): ClipSet {
  return {
    recipe: RECIPE,
    clips,
    ids: Array.from({ length: n }, (_, i) => `c${i}`),
    labels: new Int32Array(n),
    subjects: new Int32Array(n),
    kinds: new Array(n).fill(kind),
    classes: ["happiness"],
    subjectNames: [`${kind}/1`],
  };
}

/** Clips i of [10i, 10i + 1, 10i + 2] in a file behind five other bytes. */
async function inFile(n: number): Promise<FileClips & Disposable> {
  const path = await Deno.makeTempFile();
  const bytes = Uint8Array.from(
    { length: 5 + 3 * n },
    (_, i) => i < 5 ? 255 : 10 * Math.floor((i - 5) / 3) + (i - 5) % 3,
  );
  await Deno.writeFile(path, bytes);
  const { size, mtime } = await Deno.stat(path);
  return {
    ...{ path, offset: 5, length: 3 * n, fileSize: size, modified: mtime?.getTime() ?? null, digest: "d" },
    [Symbol.dispose]: () => Deno.removeSync(path),
  };
}

Deno.test("gatherClips() reads the same from a file as from memory, in any order and repeated", async () => {
  using file = await inFile(6);
  const memory = (await Deno.readFile(file.path)).slice(5);
  for (const indices of [[], [0], [5, 4, 3], [1, 2, 3], [2, 2, 0, 1, 5], [3, 4, 0, 1]]) {
    assertEquals(gatherClips(setOf(file, 6), indices), gatherClips(setOf(memory, 6), indices));
  }
  assertEquals(gatherClips(setOf(file, 6), [4, 0]), Uint8Array.of(40, 41, 42, 0, 1, 2));
});

Deno.test("gatherClips() refuses indices without a clip", async () => {
  using file = await inFile(2);
  for (const index of [-1, 2, 0.5]) {
    assertThrows(() => gatherClips(setOf(file, 2), [index]), RangeError, "expected indices from 0 to 1");
  }
});

Deno.test("gatherClips() does not read a file that was replaced or is gone", async () => {
  {
    using file = await inFile(2);
    await Deno.utime(file.path, 1, 1);
    assertThrows(() => gatherClips(setOf(file, 2), [0]), Error, "it has been changed since");
  }
  const gone = await inFile(2);
  gone[Symbol.dispose]();
  assertThrows(() => gatherClips(setOf(gone, 2), [0]), Deno.errors.NotFound, gone.path);
});

Deno.test("appendMacro() leaves clips where they lie, and may be applied again", async () => {
  using file = await inFile(3);
  const micro = setOf(Uint8Array.of(7, 7, 7, 8, 8, 8), 2);
  const once = appendMacro(micro, setOf(file, 3, "macro"));
  assertEquals(gatherClips(once, [4, 1, 2]), Uint8Array.of(20, 21, 22, 8, 8, 8, 0, 1, 2));
  const twice = appendMacro(once, setOf(Uint8Array.of(9, 9, 9), 1, "macro"));
  assertEquals([twice.kinds, [...gatherClips(twice, [2, 0])]], [["micro", "micro", "macro"], [9, 9, 9, 7, 7, 7]]);
});

Deno.test("a set whose clips lie in a file can be posted to a worker", async () => {
  using file = await inFile(2);
  const { [Symbol.dispose]: _, ...plain } = file;
  assertEquals(gatherClips(structuredClone(setOf(plain, 2)), [1]), Uint8Array.of(10, 11, 12));
});
